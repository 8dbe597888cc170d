/** The rows of a call tree that is unfolded step by step, from the top down or from the bottom up. Nothing is built before it is seen. */

import type { Column, Profile } from '../../src/profile/profile.ts';
import { inclusiveTotals } from '../../src/profile/totals.ts';

export interface TreeItem {
  /** Unique among its siblings, and the same in the next profile. */
  readonly function: number;
  /** In the metric's unit. Top down: of this stack. Bottom up: the time of the function at the bottom that came this way. */
  readonly total: number;
  readonly self: number;
  readonly samples: number;
  readonly hasChildren: boolean;
  /** The nodes that this row stands for. */
  readonly nodes: readonly number[];
  /** Bottom up: per node, what it carries. */
  readonly weights: readonly { readonly value: number; readonly samples: number }[];
}

export interface TreeSource {
  readonly total: number;
  /** @param item null for the top level. @returns the heaviest first */
  children(item: TreeItem | null): TreeItem[];
}

/** From the entry points on to what they call. */
export function topDown({ nodes }: Profile, column: Column): TreeSource {
  const totals = inclusiveTotals(nodes, column);
  const samples = inclusiveTotals(nodes, nodes.self.samples);
  const { firstChild, nextSibling } = childLinks(nodes.parent);
  const children = (item: TreeItem | null): TreeItem[] => {
    const found: TreeItem[] = [];
    for (let node = firstChild[item?.nodes[0] ?? 0] ?? -1; node >= 0; node = nextSibling[node] ?? -1) {
      if ((totals[node] ?? 0) <= 0) continue;
      found.push({
        function: nodes.function[node] ?? -1,
        total: totals[node] ?? 0,
        self: column[node] ?? 0,
        samples: samples[node] ?? 0,
        hasChildren: (totals[node] ?? 0) > (column[node] ?? 0),
        nodes: [node],
        weights: [],
      });
    }
    return found.sort(byTotal);
  };
  return { total: totals[0] ?? 0, children };
}

/** From the functions with time of their own on to their callers. */
export function bottomUp({ nodes }: Profile, column: Column): TreeSource {
  let total = 0;
  for (let node = 0; node < column.length; node++) total += column[node] ?? 0;
  const children = (item: TreeItem | null): TreeItem[] => {
    const groups = new Map<number, { nodes: number[]; weights: { value: number; samples: number }[] }>();
    const add = (node: number, value: number, samples: number): void => {
      const key = nodes.function[node] ?? -1;
      const group = groups.get(key) ?? { nodes: [], weights: [] };
      groups.set(key, group);
      group.nodes.push(node);
      group.weights.push({ value, samples });
    };
    if (item === null) {
      for (let node = 1; node < column.length; node++)
        if ((column[node] ?? 0) > 0) add(node, column[node] ?? 0, nodes.self.samples[node] ?? 0);
    } else {
      for (const [at, node] of item.nodes.entries()) {
        const parent = nodes.parent[node] ?? 0;
        const weight = item.weights[at];
        if (parent > 0 && weight) add(parent, weight.value, weight.samples);
      }
    }
    return [...groups].map(([key, group]) => itemOf(key, group, nodes.parent, item === null)).sort(byTotal);
  };
  return { total, children };
}

function itemOf(
  key: number,
  { nodes, weights }: Pick<TreeItem, 'nodes' | 'weights'>,
  parent: Column,
  isOwn: boolean,
): TreeItem {
  let total = 0;
  let samples = 0;
  for (const weight of weights) {
    total += weight.value;
    samples += weight.samples;
  }
  const hasChildren = nodes.some((node) => (parent[node] ?? 0) > 0);
  return { function: key, total, self: isOwn ? total : 0, samples, hasChildren, nodes, weights };
}

function byTotal(a: TreeItem, b: TreeItem): number {
  return b.total - a.total || a.function - b.function;
}

function childLinks(parent: Column): { firstChild: Int32Array; nextSibling: Int32Array } {
  const firstChild = new Int32Array(parent.length).fill(-1);
  const nextSibling = new Int32Array(parent.length).fill(-1);
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] ?? 0;
    nextSibling[node] = firstChild[above] ?? -1;
    firstChild[above] = node;
  }
  return { firstChild, nextSibling };
}
