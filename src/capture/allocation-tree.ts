/** Allocations by their stacks, bounded; the most in use first once functions have their names. */

import type { AllocationFigures } from '../api/types.ts';
import type { SymbolizedFunction } from '../collector/symbolizer.ts';

const MAX_NODES = 50_000;

/** @typeParam Frame what names a function before it is symbolized; @typeParam Column the figures of a node. */
export class AllocationTree<Frame, Column extends string> {
  readonly frames: Frame[] = [];
  readonly #columns: readonly Column[];
  readonly #parent: number[] = [-1];
  readonly #frameOf: number[] = [-1];
  readonly #self: Record<Column, number[]>;
  readonly #nodeByKey = new Map<string, number>();
  readonly #frameByKey = new Map<string, number>();
  #truncated = 0;

  /** @param columns the first decides the order of the result, the next ones between equals. */
  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.#self = emptyColumns(columns);
  }

  /** The node of a function below another. Past the bound a stack ends at its last node that found room, so that sums stay true. */
  child(parent: number, frameKey: string, frame: Frame): number {
    let at = this.#frameByKey.get(frameKey);
    if (at === undefined) {
      at = this.frames.push(frame) - 1;
      this.#frameByKey.set(frameKey, at);
    }
    const key = `${parent}:${at}`;
    const known = this.#nodeByKey.get(key);
    if (known !== undefined) return known;
    if (this.#parent.length >= MAX_NODES) {
      this.#truncated++;
      return parent;
    }
    const node = this.#parent.push(parent) - 1;
    this.#frameOf.push(at);
    for (const column of this.#columns) this.#self[column].push(0);
    this.#nodeByKey.set(key, node);
    return node;
  }

  add(node: number, column: Column, amount: number): void {
    this.#self[column][node] = (this.#self[column][node] ?? 0) + amount;
  }

  /**
   * @param symbolized one per frame. What the profiler allocated itself is left out, frame by frame: below it can be the host's code.
   */
  result(symbolized: readonly SymbolizedFunction[]): AllocationFigures<Column> {
    const left = this.#withoutOwn(symbolized);
    const sums = this.frames.map(() => this.#zeros());
    for (let node = 1; node < left.frame.length; node++) {
      const sum = sums[left.frame[node] ?? -1];
      for (const column of this.#columns) if (sum) sum[column] += left.self[column][node] ?? 0;
    }
    const order = [...new Set(left.frame.filter((frame) => frame >= 0))].sort((a, b) => {
      for (const column of this.#columns) {
        const difference = (sums[b]?.[column] ?? 0) - (sums[a]?.[column] ?? 0);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    const place = new Map(order.map((frame, at) => [frame, at]));
    return {
      functions: order.flatMap((frame) => {
        const info = symbolized[frame]?.info;
        const sum = sums[frame];
        return info && sum ? [{ ...info, ...sum }] : [];
      }),
      nodes: { parent: left.parent, function: left.frame.map((frame) => place.get(frame) ?? -1), self: left.self },
      truncated: this.#truncated,
    };
  }

  #withoutOwn(symbolized: readonly SymbolizedFunction[]): {
    readonly parent: number[];
    readonly frame: number[];
    readonly self: Record<Column, number[]>;
  } {
    const left = { parent: [-1], frame: [-1], self: emptyColumns(this.#columns) };
    const target = [0];
    for (let node = 1; node < this.#parent.length; node++) {
      const parent = target[this.#parent[node] ?? 0] ?? 0;
      const frame = this.#frameOf[node] ?? -1;
      if (symbolized[frame]?.isOwn) {
        target.push(parent);
        continue;
      }
      target.push(left.parent.push(parent) - 1);
      left.frame.push(frame);
      for (const column of this.#columns) left.self[column].push(this.#self[column][node] ?? 0);
    }
    return left;
  }

  #zeros(): Record<Column, number> {
    return Object.fromEntries(this.#columns.map((column) => [column, 0])) as Record<Column, number>;
  }
}

function emptyColumns<Column extends string>(columns: readonly Column[]): Record<Column, number[]> {
  return Object.fromEntries(columns.map((column) => [column, [0]])) as Record<Column, number[]>;
}
