/**
 * Knows who called a function that is resumed after an await. V8 shows such a function at the root of a stack; the stacks that
 * were taken when operations began teach, per route, under which callers it stands. Nothing is ever invented: what was not seen in a
 * stack stays at the root.
 */

import type { FunctionInfo } from '../profile/profile.ts';

/** Callers of one function that are told apart; the rest are not learned. */
const MAX_PATHS = 32;
/** Over all routes; past this the collector learns anew. */
const MAX_LEARNED = 100_000;
/** Awaiting callers of awaiting callers: deeper chains end here. */
const MAX_LINKS = 20;

/** Callers of a function, outermost first. */
export interface CallerPath {
  readonly callers: readonly FunctionInfo[];
  /** Share of the function's appearances. */
  readonly share: number;
}

interface Learned {
  readonly callers: readonly FunctionInfo[];
  /** Whether Node.js called the outermost; otherwise its own callers may be known. */
  readonly isRooted: boolean;
  weight: number;
}

export class Stitcher {
  #routes = new Map<string, Map<string, Map<string, Learned>>>();
  #resolved = new Map<string, readonly CallerPath[]>();
  #size = 0;

  /**
   * @param stack outermost first.
   * @param isRooted whether Node.js called the outermost function for an event.
   */
  learn(route: string, stack: readonly FunctionInfo[], isRooted: boolean, weight: number): void {
    if (this.#size > MAX_LEARNED) this.clear();
    let functions = this.#routes.get(route);
    if (!functions) {
      functions = new Map();
      this.#routes.set(route, functions);
    }
    for (const [at, info] of stack.entries()) {
      if (at === 0 && !isRooted) continue;
      const key = keyOf(info);
      let paths = functions.get(key);
      if (!paths) {
        paths = new Map();
        functions.set(key, paths);
      }
      const callers = stack.slice(0, at);
      const pathKey = `${isRooted}${callers.map(keyOf).join('\n')}`;
      const known = paths.get(pathKey);
      if (known) known.weight += weight;
      else if (paths.size < MAX_PATHS) {
        paths.set(pathKey, { callers, isRooted, weight });
        this.#size++;
      }
    }
    this.#resolved.clear();
  }

  /** @returns the callers under which a function stands that is met at a root; undefined where it was never seen in a stack. */
  callersOf(route: string, info: FunctionInfo): readonly CallerPath[] | undefined {
    const key = `${route}\n${keyOf(info)}`;
    let paths = this.#resolved.get(key);
    if (!paths) {
      paths = this.#resolve(route, info, MAX_LINKS);
      this.#resolved.set(key, paths);
    }
    return paths.length === 0 ? undefined : paths;
  }

  clear(): void {
    this.#routes = new Map();
    this.#resolved = new Map();
    this.#size = 0;
  }

  #resolve(route: string, info: FunctionInfo, links: number): CallerPath[] {
    const learned = this.#routes.get(route)?.get(keyOf(info));
    if (!learned) return [];
    const weights = new Map<string, { callers: readonly FunctionInfo[]; weight: number }>();
    let total = 0;
    for (const { callers, isRooted, weight } of learned.values()) {
      const outermost = callers[0];
      const above = isRooted || !outermost || links === 0 ? [] : this.#resolve(route, outermost, links - 1);
      for (const { callers: more, share } of above.length > 0 ? above : [{ callers: [], share: 1 }]) {
        const full = [...more, ...callers];
        const key = full.map(keyOf).join('\n');
        const known = weights.get(key);
        if (known) known.weight += weight * share;
        else weights.set(key, { callers: full, weight: weight * share });
        total += weight * share;
      }
    }
    return [...weights.values()].map(({ callers, weight }) => ({ callers, share: weight / total }));
  }
}

function keyOf({ name, file, line, column }: FunctionInfo): string {
  return `${line}:${column}:${name}:${file}`;
}
