/**
 * Knows who called a function that is resumed after an await. V8 shows such a function at the root of a stack; the stacks that
 * were taken when operations began teach, per route, under which callers it stands, and where they have nothing to say, samples that were taken before
 * its first await. What neither knows stands where it stands in other routes, if all of its callers there were met in this one as well, such as middleware; else below the function that made it,
 * where that was met in the route. Nothing is ever invented: what was not seen in a stack stays at the root.
 */

import { placeKey } from '../profile/place-key.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import { ASYNC_FUNCTION } from './async-function.ts';
import { MetFunctions } from './met-functions.ts';
import type { OperationStack } from './trace-stacks.ts';

/** Callers of one function that are told apart; the rest are not learned. */
const MAX_PATHS = 32;
/** Over all routes; past this the collector learns anew. */
const MAX_LEARNED = 100_000;

/** Callers of a function, outermost first. */
export interface CallerPath {
  readonly callers: readonly FunctionInfo[];
  /** Share of the function's appearances. */
  readonly share: number;
}

export interface Learned {
  /** Outermost first. */
  readonly callers: readonly FunctionInfo[];
  /** Whether Node.js called the outermost; otherwise its own callers may be known. */
  readonly isRooted: boolean;
  weight: number;
}

/** @returns the function that makes a closure, undefined where nobody knows or it was never met. */
export type MakerOf = (info: FunctionInfo) => FunctionInfo | undefined;

const AT_ROOT: CallerPath = { callers: [], share: 1 };
/** Of a stack whose outermost function was resumed, by whom nobody knows. */
const UNKNOWN: CallerPath = { callers: [ASYNC_FUNCTION], share: 1 };

/** What is kept of it, with its callers' keys: they are asked for again and again. */
interface Lesson extends Learned {
  readonly callerKeys: readonly string[];
}

/** Per function, its callers. */
type RouteLessons = Map<string, Map<string, Lesson>>;
/** The same per route. */
type Lessons = Map<string, RouteLessons>;

export class Stitcher {
  readonly #ofOperations: Lessons = new Map();
  /** Of functions that were resumed while no operation's stack knew them; without callers until a sample shows them. */
  readonly #ofSamples: Lessons = new Map();
  /** Of both, whatever the route. */
  readonly #ofAllRoutes: RouteLessons = new Map();
  readonly #met = new MetFunctions();
  readonly #resolved = new Map<string, readonly CallerPath[]>();
  readonly #makerOf: MakerOf;
  #size = 0;

  constructor(makerOf: MakerOf = () => undefined) {
    this.#makerOf = makerOf;
  }

  /**
   * @param stack outermost first, of an operation.
   * @param isRooted whether Node.js called the outermost function for an event.
   */
  learn(route: string, stack: readonly FunctionInfo[], isRooted: boolean, weight: number): void {
    for (const [at, info] of stack.entries()) {
      this.meet(route, placeKey(info));
      if (at > 0 || isRooted)
        this.#note(this.#ofOperations, route, info, { callers: stack.slice(0, at), isRooted, weight });
    }
  }

  /** A function of this key ran in a route. */
  meet(route: string, key: string): void {
    this.#met.add(route, key);
  }

  /** Learns the callers of a function from samples in which V8 shows them: for those that `isWanted`. */
  observe(route: string, info: FunctionInfo, lesson: Learned): void {
    this.#note(this.#ofSamples, route, info, lesson);
  }

  /** Whether a function of this key has been resumed, or made one that was, and nobody knows by whom it was called but samples. */
  isWanted(route: string, key: string): boolean {
    return isIn(this.#ofSamples, route, key) && !isIn(this.#ofOperations, route, key);
  }

  /**
   * @param isResumed whether it is resumed there, so that samples may tell: what is called for an event may be called elsewhere as well.
   * @returns the callers under which a function stands that is met at a root; undefined where it was never seen in a stack.
   */
  callersOf(route: string, info: FunctionInfo, isResumed = false): readonly CallerPath[] | undefined {
    if (isResumed) this.#want(route, info);
    const paths = this.#resolve(route, info, new Set(), isResumed);
    return paths.length === 0 ? undefined : paths;
  }

  /** @returns the callers above the outermost function of an operation's stack. */
  callersAbove(
    route: string,
    { functions: [outermost], isRooted }: Pick<OperationStack, 'functions' | 'isRooted'>,
  ): readonly CallerPath[] {
    if (isRooted || !outermost) return [AT_ROOT];
    this.#want(route, outermost);
    return this.#above(route, outermost, new Set());
  }

  clear(): void {
    this.#ofOperations.clear();
    this.#ofSamples.clear();
    this.#ofAllRoutes.clear();
    this.#resolved.clear();
    this.#size = 0;
  }

  /** From now on samples tell of a function, where no operation's stack knows it. */
  #want(route: string, info: FunctionInfo): void {
    const key = placeKey(info);
    if (isIn(this.#ofOperations, route, key) || isIn(this.#ofSamples, route, key)) return;
    lessonsOf(this.#ofSamples, route, key);
    this.#size++;
  }

  #note(lessons: Lessons, route: string, info: FunctionInfo, learned: Learned): void {
    if (this.#size > MAX_LEARNED) this.clear();
    const key = placeKey(info);
    const callerKeys = learned.callers.map(placeKey);
    const pathKey = `${learned.isRooted}${callerKeys.join('\n')}`;
    for (const paths of [lessonsOf(lessons, route, key), pathsOf(this.#ofAllRoutes, key)]) {
      const known = paths.get(pathKey);
      if (known) known.weight += learned.weight;
      else if (paths.size < MAX_PATHS) {
        paths.set(pathKey, { ...learned, callerKeys });
        this.#size++;
      }
    }
    this.#resolved.clear();
  }

  /** @param below functions whose callers are being looked for: those that await each other end there. */
  #resolve(route: string, info: FunctionInfo, below: Set<string>, isResumed: boolean): readonly CallerPath[] {
    const key = placeKey(info);
    const place = `${isResumed}\n${route}\n${key}`;
    const known = this.#resolved.get(place);
    if (known) return known;
    const ofOperations = this.#ofOperations.get(route)?.get(key);
    const learned = ofOperations ?? (isResumed ? this.#ofSamples.get(route)?.get(key) : undefined);
    if (below.has(key)) return [];
    below.add(key);
    if (learned && learned.size > 0) {
      const paths = this.#combine(route, learned.values(), below);
      below.delete(key);
      this.#resolved.set(place, paths);
      return paths;
    }
    const elsewhere = isResumed ? this.#learnedElsewhere(route, key) : [];
    const paths = elsewhere.length > 0 ? this.#combine(route, elsewhere, below) : this.#belowMaker(route, info, below);
    below.delete(key);
    return paths;
  }

  /** What other routes taught about a function, as far as its callers there were met in this one. */
  #learnedElsewhere(route: string, key: string): Lesson[] {
    const met = this.#met.ofRoute(route);
    const learned = this.#ofAllRoutes.get(key);
    if (!met || !learned) return [];
    return [...learned.values()].filter(({ callerKeys }) => callerKeys.every((caller) => met.has(caller)));
  }

  /** Puts the callers of each path's outermost function above it. */
  #combine(route: string, learned: Iterable<Learned>, below: Set<string>): CallerPath[] {
    const weights = new Map<string, { callers: readonly FunctionInfo[]; weight: number }>();
    for (const { callers, isRooted, weight } of learned) {
      for (const { callers: more, share } of isRooted ? [AT_ROOT] : this.#above(route, callers[0], below)) {
        const full = [...more, ...callers];
        const fullKey = full.map(placeKey).join('\n');
        const sum = weights.get(fullKey);
        if (sum) sum.weight += weight * share;
        else weights.set(fullKey, { callers: full, weight: weight * share });
      }
    }
    const heaviest = [...weights.values()].sort((a, b) => b.weight - a.weight).slice(0, MAX_PATHS);
    const total = heaviest.reduce((sum, { weight }) => sum + weight, 0);
    return heaviest.map(({ callers, weight }) => ({ callers, share: weight / total }));
  }

  /** The callers of a function that was resumed, or where a stack was cut: where it began, for a stack that was cut has what starts itself again many times, and each would be another way up. */
  #above(route: string, outermost: FunctionInfo | undefined, below: Set<string>): readonly CallerPath[] {
    const above = outermost ? without(outermost, this.#resolve(route, outermost, below, true)) : [];
    return above.length > 0 ? above : [UNKNOWN];
  }

  /** A closure is made while the function around it runs: it stands below that one, if the route knows it. */
  #belowMaker(route: string, info: FunctionInfo, below: Set<string>): readonly CallerPath[] {
    const maker = this.#makerOf(info);
    if (!maker) return [];
    this.#want(route, maker);
    // What starts itself again stands once.
    const paths = without(info, this.#resolve(route, maker, below, true));
    return paths.map(({ callers, share }) => ({ callers: [...callers, maker], share }));
  }
}

/** Leaves out the paths in which a function is among the callers. */
function without(info: FunctionInfo, paths: readonly CallerPath[]): readonly CallerPath[] {
  const key = placeKey(info);
  const kept = paths.filter(({ callers }) => !callers.some((caller) => placeKey(caller) === key));
  if (kept.length === paths.length) return paths;
  const total = kept.reduce((sum, { share }) => sum + share, 0);
  return kept.map(({ callers, share }) => ({ callers, share: share / total }));
}

function isIn(lessons: Lessons, route: string, key: string): boolean {
  return lessons.get(route)?.has(key) ?? false;
}

/** @returns what is known of a function, to be added to. */
function lessonsOf(lessons: Lessons, route: string, key: string): Map<string, Lesson> {
  const functions: RouteLessons = lessons.get(route) ?? new Map();
  lessons.set(route, functions);
  return pathsOf(functions, key);
}

function pathsOf(functions: RouteLessons, key: string): Map<string, Lesson> {
  const paths = functions.get(key) ?? new Map<string, Lesson>();
  functions.set(key, paths);
  return paths;
}
