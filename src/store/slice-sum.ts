/** A sum to which slices are added one at a time. Bounded: what has no room in the tree is folded together, totals stay true. */

import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { RequestFigures, Slice } from './contract.ts';
import { addStoredFigures } from './figures-text.ts';
import type { StoredSegment } from './segment-file.ts';
import { addFigures, emptyFigures, emptySlice, totalRequests } from './slices.ts';
import { addStoredTree } from './stored-tree.ts';

/** A node is about 100 bytes. */
const MAX_NODES = 300_000;

export class SliceSum {
  readonly #tree = new CallTreeBuilder({ maxNodes: MAX_NODES });
  readonly #figures = new Map<string, RequestFigures>();
  #from = Number.POSITIVE_INFINITY;
  #to = 0;
  #intervalMs = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#from > this.#to;
  }

  add(slice: Slice): void {
    addFigures(this.#figures, slice.figures);
    mergeInto(this.#tree, slice.tree);
    this.#extend(slice.from, slice.to, slice.tree.intervalMs);
  }

  addStored(segment: StoredSegment): void {
    for (const stored of segment.figures) {
      const figures = this.#figures.get(stored.route) ?? emptyFigures();
      this.#figures.set(stored.route, figures);
      addStoredFigures(figures, stored);
    }
    addStoredTree(this.#tree, segment.tree);
    this.#extend(segment.from, segment.to, segment.intervalMs);
  }

  #extend(from: number, to: number, intervalMs: number): void {
    this.#from = Math.min(this.#from, from);
    this.#to = Math.max(this.#to, to);
    if (intervalMs > 0) this.#intervalMs = Math.min(this.#intervalMs, intervalMs);
  }

  /** A snapshot: later additions do not change it. @param added a slice to be in the snapshot and not in the sum. */
  build(run: string, added: Slice | null = null): Slice {
    if (added) return this.#copy(run, added);
    if (this.isEmpty) return emptySlice(run, 0, 0, 0);
    const window = { from: this.#from, to: this.#to };
    const figures = new Map<string, RequestFigures>();
    addFigures(figures, this.#figures);
    const tree = this.#tree.build({
      run,
      window,
      routes: [...this.#figures.keys()].sort(),
      requests: totalRequests(this.#figures),
      intervalMs: Number.isFinite(this.#intervalMs) ? this.#intervalMs : 0,
    });
    return { ...window, tree, figures };
  }

  #copy(run: string, added: Slice): Slice {
    const sum = new SliceSum();
    if (!this.isEmpty) sum.add(this.build(run));
    sum.add(added);
    return sum.build(run);
  }
}
