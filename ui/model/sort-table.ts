/** The table's rows in order: pstats's sort keys and the columns that pstats does not have. */

import type { StatsRow } from '../../src/profile/stats.ts';
import type { TableSort } from './view.ts';

type Comparison = (a: StatsRow, b: StatsRow) => number;

const byName: Comparison = (a, b) => compare(a.info.name, b.info.name);
const bySelf: Comparison = (a, b) => b.selfNs - a.selfNs;
const byTotal: Comparison = (a, b) => b.totalNs - a.totalNs;
const byCalls: Comparison = (a, b) => (b.calls ?? 0) - (a.calls ?? 0) || b.totalSamples - a.totalSamples;
const inOrder: Comparison = () => 0;

/** Equals stay in the standard order, which is what sorting by file is as well. */
const ORDERS: Readonly<Record<TableSort, Comparison>> = {
  time: (a, b) => bySelf(a, b) || byTotal(a, b),
  cumulative: (a, b) => byTotal(a, b) || bySelf(a, b),
  calls: byCalls,
  pcalls: byCalls,
  name: byName,
  file: inOrder,
  module: inOrder,
  line: (a, b) => a.info.line - b.info.line,
  nfl: byName,
  stdname: inOrder,
  // Without counted calls the divisor is the same for all rows.
  percall: (a, b) => b.selfNs / (b.calls || 1) - a.selfNs / (a.calls || 1) || bySelf(a, b),
  cumpercall: (a, b) => b.totalNs / (b.calls || 1) - a.totalNs / (a.calls || 1) || byTotal(a, b),
  package: (a, b) => compare(originOf(a), originOf(b)) || bySelf(a, b),
};

/** @param rows in pstats's standard order, which is sorted once for many changes of mind. */
export function sortTable(rows: readonly StatsRow[], sort: TableSort, isReversed: boolean): StatsRow[] {
  const order = ORDERS[sort];
  const sorted = order === inOrder ? [...rows] : [...rows].sort(order);
  return isReversed ? sorted.reverse() : sorted;
}

/** Whose code a function is: a package's name, `app`, `node`, `native`, `gc`. */
export function originOf({ info }: Pick<StatsRow, 'info'>): string {
  return info.package ?? info.category;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
