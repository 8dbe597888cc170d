/**
 * Where each box of a flame graph lies. Positions are in the metric's unit, from 0 to the root's total; every row is sorted by
 * position, so that a view finds what it shows by binary search.
 */

import type { Column, Profile } from '../../src/profile/profile.ts';
import { inclusiveTotals } from '../../src/profile/totals.ts';
import { walkTree } from '../../src/profile/tree-walk.ts';

/** name: boxes stay where they are while figures grow. weight: the heaviest first. */
export type FlameOrder = 'name' | 'weight';

export interface FlameLayout {
  readonly profile: Profile;
  readonly total: number;
  /** By node. */
  readonly start: Float64Array;
  /** By node; 0 for what the metric does not see. */
  readonly width: Float64Array;
  readonly depth: Int32Array;
  /** Nodes of each depth, by position. Row 0 is the root. */
  readonly rows: readonly Int32Array[];
}

/** Together with a node's index a quantised weight fits into the 53 bits of a double. */
const INDEX_SPACE = 2 ** 22;
const WEIGHT_SPACE = 2 ** 30;

export function flameLayout(profile: Profile, column: Column, order: FlameOrder): FlameLayout {
  const { nodes } = profile;
  const width = inclusiveTotals(nodes, column);
  const siblings = order === 'name' ? byName(profile) : byWeight(width);
  const { order: walk, depth } = walkTree(nodes, siblings);
  const start = new Float64Array(width.length);
  /** Where the next child of a node begins. */
  const cursor = new Float64Array(width.length);
  const counts: number[] = [];
  // By index: iterators cost what the loop's body costs, and there may be a million nodes.
  for (let at = 0; at < walk.length; at++) {
    const node = walk[at] ?? 0;
    const own = width[node] ?? 0;
    const parent = nodes.parent[node] ?? -1;
    if (parent >= 0) {
      start[node] = cursor[parent] ?? 0;
      cursor[parent] = (cursor[parent] ?? 0) + own;
    }
    cursor[node] = start[node] ?? 0;
    if (own > 0) counts[depth[node] ?? 0] = (counts[depth[node] ?? 0] ?? 0) + 1;
  }
  const rows = Array.from(counts, (count) => new Int32Array(count ?? 0));
  const filled = new Int32Array(rows.length);
  for (let position = 0; position < walk.length; position++) {
    const node = walk[position] ?? 0;
    if ((width[node] ?? 0) <= 0) continue;
    const row = depth[node] ?? 0;
    const at = filled[row] ?? 0;
    filled[row] = at + 1;
    const nodesOfRow = rows[row];
    if (nodesOfRow) nodesOfRow[at] = node;
  }
  return { profile, total: width[0] ?? 0, start, width, depth, rows };
}

/** All nodes by their functions' names: a counting sort, for there are far fewer functions than nodes. */
function byName({ nodes, functions }: Profile): Int32Array {
  const names = functions.map(({ name }) => name);
  const files = functions.map(({ file }) => file);
  const sorted = names.map((_name, index) => index);
  sorted.sort((a, b) => compare(names[a], names[b]) || compare(files[a], files[b]) || a - b);
  const rank = new Int32Array(functions.length);
  for (const [position, index] of sorted.entries()) rank[index] = position + 1;
  const starts = new Int32Array(functions.length + 2);
  const rankOf = (node: number): number => rank[nodes.function[node] ?? -1] ?? 0;
  for (let node = 0; node < nodes.parent.length; node++) starts[rankOf(node) + 1] = (starts[rankOf(node) + 1] ?? 0) + 1;
  for (let index = 1; index < starts.length; index++) starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0);
  const result = new Int32Array(nodes.parent.length);
  for (let node = 0; node < result.length; node++) {
    const at = starts[rankOf(node)] ?? 0;
    starts[rankOf(node)] = at + 1;
    result[at] = node;
  }
  return result;
}

/** All nodes, the heaviest first. Numbers sort natively, without a comparison function, so weight and index become one number. */
function byWeight(width: Float64Array): Int32Array {
  const all = width[0] || 1;
  const keys = Float64Array.from(width, (own, node) => {
    return Math.round((1 - own / all) * WEIGHT_SPACE) * INDEX_SPACE + node;
  });
  keys.sort();
  return Int32Array.from(keys, (key) => key % INDEX_SPACE);
}

function compare(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
