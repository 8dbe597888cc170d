/** Depth-first order over the flat node columns. Nothing here recurses: stacks can be thousands of frames deep. */

import type { NodeColumns } from './profile.ts';

export interface TreeWalk {
  /** Node indexes in depth-first order, parents first; every subtree is contiguous. */
  readonly order: Int32Array;
  /** Depth by node index; the root is 0. */
  readonly depth: Int32Array;
}

/**
 * @param siblings all node indexes, in the order in which siblings shall be visited; without it, by index
 */
export function walkTree(nodes: NodeColumns, siblings?: ArrayLike<number>): TreeWalk {
  const count = nodes.parent.length;
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  for (let position = count - 1; position >= 0; position--) {
    const node = siblings === undefined ? position : (siblings[position] ?? -1);
    const parent = nodes.parent[node] ?? -1;
    if (parent < 0) continue;
    nextSibling[node] = firstChild[parent] ?? -1;
    firstChild[parent] = node;
  }
  const order = new Int32Array(count);
  const depth = new Int32Array(count);
  let visited = 0;
  let node = count > 0 ? 0 : -1;
  while (node >= 0) {
    order[visited++] = node;
    const parent = nodes.parent[node] ?? -1;
    depth[node] = parent < 0 ? 0 : (depth[parent] ?? 0) + 1;
    let next = firstChild[node] ?? -1;
    for (let done = node; next < 0 && done > 0; done = nodes.parent[done] ?? -1) next = nextSibling[done] ?? -1;
    node = next;
  }
  return { order: order.subarray(0, visited), depth };
}

/**
 * Which nodes repeat a key that an ancestor of theirs has: with functions as keys, the recursive calls. Whoever sums inclusive
 * figures per key skips these, because the outermost node's figure contains theirs.
 *
 * @param keys per node, from 0 to `keyCount - 1`; a negative key never repeats
 * @returns per node 1 or 0
 */
export function findRepeats(walk: TreeWalk, keys: ArrayLike<number>, keyCount: number): Uint8Array {
  const open = new Int32Array(keyCount);
  const path: number[] = [];
  const repeats = new Uint8Array(walk.depth.length);
  for (const node of walk.order) {
    const depth = walk.depth[node] ?? 0;
    while (path.length > depth) {
      const left = path.pop() ?? -1;
      if (left >= 0) open[left] = (open[left] ?? 0) - 1;
    }
    const key = keys[node] ?? -1;
    path.push(key);
    if (key < 0) continue;
    if ((open[key] ?? 0) > 0) repeats[node] = 1;
    open[key] = (open[key] ?? 0) + 1;
  }
  return repeats;
}
