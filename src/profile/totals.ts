/** Inclusive figures: what a node and everything below it measured. */

import type { Column, Metric, NodeColumns, SelfColumns } from './profile.ts';

/**
 * The self times that a metric shows, in nanoseconds: cpu = cpuNs, wait = waitNs, and wall = wallNs + waitNs, because a request's
 * wall time passes on the JavaScript thread or off it.
 */
export function metricColumn(self: SelfColumns, metric: Metric): Column {
  switch (metric) {
    case 'cpu':
      return self.cpuNs;
    case 'wait':
      return self.waitNs;
    case 'wall':
      return sumOfColumns(self.wallNs, self.waitNs);
  }
}

/** Per node, the sum of a column over the node's subtree. One pass from the end: a parent's index is below its children's. */
export function inclusiveTotals(nodes: Pick<NodeColumns, 'parent'>, column: Column): Float64Array {
  // Not `from`, which asks an iterator for every number of a million.
  const totals = new Float64Array(column);
  for (let node = totals.length - 1; node > 0; node--) {
    const parent = nodes.parent[node] ?? 0;
    totals[parent] = (totals[parent] ?? 0) + (totals[node] ?? 0);
  }
  return totals;
}

export function sumColumn(column: Column): number {
  let sum = 0;
  for (let index = 0; index < column.length; index++) sum += column[index] ?? 0;
  return sum;
}

function sumOfColumns(a: Column, b: Column): Float64Array {
  const sums = new Float64Array(a);
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + (b[index] ?? 0);
  return sums;
}
