/**
 * Where each box of a flame graph lies. Positions are in the metric's unit, from 0 to the root's total; every row is sorted by
 * position, so that a view finds what it shows by binary search.
 */

import type { Column } from '../../src/profile/profile.ts';
import { inclusiveTotals } from '../../src/profile/totals.ts';
import type { FlameTree } from './lead-fold.ts';

/** name: boxes stay where they are while figures grow. weight: the heaviest first. */
export type FlameOrder = 'name' | 'weight';

export interface FlameLayout {
  readonly profile: FlameTree;
  readonly total: number;
  /** By node. */
  readonly start: Float64Array;
  /** By node; 0 for what the metric does not see. */
  readonly width: Float64Array;
  readonly depth: Int32Array;
  /** Nodes of each depth, by position. Row 0 is the root. */
  readonly rows: readonly Int32Array[];
}

/** Callees of few are sorted one by one. */
const FEW = 24;
/** Together with a node's index a key fits into the 53 bits of a double. */
const INDEX_SPACE = 2 ** 26;

export function flameLayout(profile: FlameTree, column: Column, order: FlameOrder): FlameLayout {
  const width = inclusiveTotals(profile.nodes, column);
  const { first, callees } = calleesOf(profile, width, order === 'name' ? nameRanks(profile) : null);
  const start = new Float64Array(width.length);
  const depth = new Int32Array(width.length);
  // A parent comes before its callees.
  for (let node = 0; node < width.length; node++) {
    let next = start[node] ?? 0;
    const below = (depth[node] ?? 0) + 1;
    const end = first[node + 1] ?? 0;
    for (let at = first[node] ?? 0; at < end; at++) {
      const callee = callees[at] ?? 0;
      start[callee] = next;
      depth[callee] = below;
      next += width[callee] ?? 0;
    }
  }
  const total = width[0] ?? 0;
  return { profile, total, start, width, depth, rows: total > 0 ? rowsOf(first, callees) : [] };
}

interface Callees {
  /** By node: where its callees begin in `callees`; they end where those of the next node begin. */
  readonly first: Int32Array;
  /** Nodes that have a width, in the order of their boxes. */
  readonly callees: Int32Array;
}

/**
 * Works along the nodes' own order, in which callees lie near their callers: with a million nodes, what jumps in memory costs the most.
 * @param ranks by function; null for the heaviest first
 */
function calleesOf({ nodes }: FlameTree, width: Float64Array, ranks: Int32Array | null): Callees {
  const count = width.length;
  // Arrays of one kind: a loop over several kinds costs several times as much. Not `from`, which asks an iterator.
  const parent = new Int32Array(nodes.parent);
  const functionOf = new Int32Array(nodes.function);
  const first = new Int32Array(count + 1);
  for (let node = 1; node < count; node++) {
    if ((width[node] ?? 0) <= 0) continue;
    const next = (parent[node] ?? 0) + 1;
    first[next] = (first[next] ?? 0) + 1;
  }
  for (let node = 0; node < count; node++) first[node + 1] = (first[node + 1] ?? 0) + (first[node] ?? 0);
  const filled = first.slice();
  const callees = new Int32Array(first[count] ?? 0);
  for (let node = 1; node < count; node++) {
    if ((width[node] ?? 0) <= 0) continue;
    const above = parent[node] ?? 0;
    callees[filled[above] ?? 0] = node;
    filled[above] = (filled[above] ?? 0) + 1;
  }
  // Key and index in one number: such numbers sort natively, without a comparison function. Most nodes are an only callee and need none.
  const keys = new Float64Array(count);
  const total = width[0] || 1;
  const scale = (INDEX_SPACE - 1) / total;
  for (let node = 0; node < count; node++) {
    const from = first[node] ?? 0;
    const to = first[node + 1] ?? 0;
    if (to - from < 2) continue;
    for (let at = from; at < to; at++) {
      const callee = callees[at] ?? 0;
      const key = ranks === null ? Math.round((total - (width[callee] ?? 0)) * scale) : ranks[functionOf[callee] ?? -1];
      keys[callee] = (key ?? 0) * INDEX_SPACE + callee;
    }
    sortSlice(callees, from, to, keys);
  }
  return { first, callees };
}

/** Sorts part of a list by the nodes' keys, which hold their indices: equals stay in the order of those. */
function sortSlice(list: Int32Array, from: number, to: number, keys: Float64Array): void {
  if (to - from > FEW) {
    const sorted = new Float64Array(to - from);
    for (let at = from; at < to; at++) sorted[at - from] = keys[list[at] ?? 0] ?? 0;
    sorted.sort();
    for (let at = from; at < to; at++) list[at] = (sorted[at - from] ?? 0) % INDEX_SPACE;
    return;
  }
  for (let at = from + 1; at < to; at++) {
    const node = list[at] ?? 0;
    const own = keys[node] ?? 0;
    let hole = at;
    while (hole > from && (keys[list[hole - 1] ?? 0] ?? 0) > own) {
      list[hole] = list[hole - 1] ?? 0;
      hole--;
    }
    list[hole] = node;
  }
}

/** A row is the callees of the row above, in its order. */
function rowsOf(first: Int32Array, callees: Int32Array): Int32Array[] {
  const rows: Int32Array[] = [];
  for (let row = new Int32Array(1); row.length > 0; ) {
    rows.push(row);
    let count = 0;
    for (let at = 0; at < row.length; at++) count += (first[(row[at] ?? 0) + 1] ?? 0) - (first[row[at] ?? 0] ?? 0);
    const below = new Int32Array(count);
    let filled = 0;
    for (let at = 0; at < row.length; at++) {
      const end = first[(row[at] ?? 0) + 1] ?? 0;
      for (let callee = first[row[at] ?? 0] ?? 0; callee < end; callee++) below[filled++] = callees[callee] ?? 0;
    }
    row = below;
  }
  return rows;
}

/** By function: its place among all by name, then file. */
function nameRanks({ functions }: FlameTree): Int32Array {
  const names = functions.map(({ name }) => name);
  const files = functions.map(({ file }) => file);
  const sorted = names.map((_name, index) => index);
  sorted.sort((a, b) => compare(names[a], names[b]) || compare(files[a], files[b]) || a - b);
  const ranks = new Int32Array(functions.length);
  for (let position = 0; position < sorted.length; position++) ranks[sorted[position] ?? 0] = position;
  return ranks;
}

function compare(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
