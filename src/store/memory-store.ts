/**
 * Keeps a run in memory: the sum of everything, and slices for windows of time. Older slices are merged ten at a time, so the
 * number of slices and the size of the sum are bounded however long the server runs.
 */

import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { Profile } from '../profile/profile.ts';
import type { RequestFigures, Slice } from './contract.ts';
import { groupByTime } from './group-by-time.ts';
import { addFigures, emptySlice, mergeSlices, totalRequests } from './slices.ts';

/** Slices of one level before the oldest MERGED of them become one of the next. */
const LEVEL_SIZE = 30;
const MERGED = 10;
const LEVELS = 4;
/** Of all slices together, in nodes of about 50 bytes; one route's figures take as much as FIGURES_WEIGHT of them. */
const MAX_WEIGHT = 600_000;
const FIGURES_WEIGHT = 40;
/** Of the sum over the whole run; a node is about 100 bytes. */
const MAX_NODES = 300_000;

export class MemoryStore {
  readonly #run: string;
  readonly #intervalMs: number;
  #sum = new CallTreeBuilder({ maxNodes: MAX_NODES });
  #figures = new Map<string, RequestFigures>();
  #from: number;
  #to: number;
  /** Per level, oldest first; the last level is the coarsest. */
  #levels: Slice[][] = Array.from({ length: LEVELS }, () => []);
  #cached: Profile | undefined;

  constructor(run: string, intervalMs: number, now: number) {
    this.#run = run;
    this.#intervalMs = intervalMs;
    this.#from = now;
    this.#to = now;
  }

  /** Requests that ended since the start or the last `clear`. */
  get requests(): number {
    return totalRequests(this.#figures);
  }

  /** Routes that had requests since the start or the last `clear`. */
  get routeCount(): number {
    return this.#figures.size;
  }

  append(slice: Slice): void {
    mergeInto(this.#sum, slice.tree);
    addFigures(this.#figures, slice.figures);
    this.#to = Math.max(this.#to, slice.to);
    this.#cached = undefined;
    this.#levels[0]?.push(slice);
    for (const [level, slices] of this.#levels.entries()) {
      if (slices.length <= LEVEL_SIZE) break;
      const merged = mergeSlices(slices.splice(0, MERGED));
      // What falls out of the coarsest level stays in the sum.
      this.#levels[level + 1]?.push(merged);
    }
    this.#dropOldest();
  }

  /** Everything recorded in a window; without bounds, since the start or the last `clear`. */
  query(from?: number, to?: number): Slice {
    if (from === undefined && to === undefined) {
      this.#cached ??= this.#sum.build({
        run: this.#run,
        window: { from: this.#from, to: this.#to },
        routes: [...this.#figures.keys()].sort(),
        requests: this.requests,
        intervalMs: this.#intervalMs,
      });
      return { from: this.#from, to: this.#to, tree: this.#cached, figures: this.#figures };
    }
    const slices = this.#inside(from, to);
    if (slices.length > 0) return mergeSlices(slices);
    const start = from ?? this.#from;
    return emptySlice(this.#run, this.#intervalMs, start, Math.max(start, to ?? this.#to));
  }

  /** The same in at most so many slices, without what is no longer kept in slices. */
  slices(from: number | undefined, to: number | undefined, most: number): Slice[] {
    return groupByTime(this.#inside(from, to), most).map(mergeSlices);
  }

  clear(now: number): void {
    this.#sum = new CallTreeBuilder({ maxNodes: MAX_NODES });
    this.#figures = new Map();
    this.#levels = Array.from({ length: LEVELS }, () => []);
    this.#cached = undefined;
    this.#from = now;
    this.#to = now;
  }

  #inside(from = 0, to = Number.POSITIVE_INFINITY): Slice[] {
    return this.#levels.flat().filter((slice) => slice.to > from && slice.from < to);
  }

  /** Windows of the distant past go first: programs of many routes or endless new stacks keep fewer of them. */
  #dropOldest(): void {
    let weight = this.#levels.flat().reduce((sum, slice) => sum + weightOf(slice), 0);
    while (weight > MAX_WEIGHT) {
      const oldest = this.#levels.findLast((slices) => slices.length > 0)?.shift();
      if (!oldest) return;
      weight -= weightOf(oldest);
    }
  }
}

function weightOf({ tree, figures }: Slice): number {
  return tree.nodes.parent.length + FIGURES_WEIGHT * figures.size;
}
