/**
 * Knows who called a function that is resumed after an await. V8 shows such a function at the root of a stack; the stacks that
 * were taken when operations began teach, per route, under which callers it stands. Nothing is ever invented: what was not seen in a
 * stack stays at the root.
 */

import { functionKey } from '../profile/function-key.ts';
import type { FunctionInfo } from '../profile/profile.ts';

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
      const key = functionKey(info);
      let paths = functions.get(key);
      if (!paths) {
        paths = new Map();
        functions.set(key, paths);
      }
      const callers = stack.slice(0, at);
      const pathKey = `${isRooted}${callers.map(functionKey).join('\n')}`;
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
    const paths = this.#resolve(route, info, new Set());
    return paths.length === 0 ? undefined : paths;
  }

  clear(): void {
    this.#routes = new Map();
    this.#resolved = new Map();
    this.#size = 0;
  }

  /** @param below functions whose callers are being looked for: those that await each other end there. */
  #resolve(route: string, info: FunctionInfo, below: Set<string>): readonly CallerPath[] {
    const key = functionKey(info);
    const known = this.#resolved.get(`${route}\n${key}`);
    if (known) return known;
    const learned = this.#routes.get(route)?.get(key);
    if (!learned || below.has(key)) return [];
    below.add(key);
    const weights = new Map<string, { callers: readonly FunctionInfo[]; weight: number }>();
    for (const { callers, isRooted, weight } of learned.values()) {
      const outermost = callers[0];
      const above = isRooted || !outermost ? [] : this.#resolve(route, outermost, below);
      for (const { callers: more, share } of above.length > 0 ? above : [{ callers: [], share: 1 }]) {
        const full = [...more, ...callers];
        const fullKey = full.map(functionKey).join('\n');
        const sum = weights.get(fullKey);
        if (sum) sum.weight += weight * share;
        else weights.set(fullKey, { callers: full, weight: weight * share });
      }
    }
    below.delete(key);
    const heaviest = [...weights.values()].sort((a, b) => b.weight - a.weight).slice(0, MAX_PATHS);
    const total = heaviest.reduce((sum, { weight }) => sum + weight, 0);
    const paths = heaviest.map(({ callers, weight }) => ({ callers, share: weight / total }));
    this.#resolved.set(`${route}\n${key}`, paths);
    return paths;
  }
}
