/** The table's rows in order: pstats's sort keys and the columns that pstats does not have. */

import type { StatsRow } from '../../src/profile/stats.ts';
import { STATS_SORTS, type StatsSort, sortRows } from '../../src/profile/stats-order.ts';
import type { TableSort } from './view.ts';

export interface TableOrder {
  readonly sort: TableSort;
  readonly isReversed: boolean;
  readonly fulldirs: boolean;
}

export function sortTable(rows: readonly StatsRow[], { sort, isReversed, fulldirs }: TableOrder): StatsRow[] {
  const sorted = isStatsSort(sort) ? sortRows(rows, sort, fulldirs) : sortOwn(rows, sort);
  return isReversed ? sorted.reverse() : sorted;
}

function sortOwn(rows: readonly StatsRow[], sort: Exclude<TableSort, StatsSort>): StatsRow[] {
  switch (sort) {
    // Without counted calls the divisor is the same for all rows.
    case 'percall':
      return [...rows].sort((a, b) => b.selfNs / (b.calls || 1) - a.selfNs / (a.calls || 1) || b.selfNs - a.selfNs);
    case 'cumpercall':
      return [...rows].sort((a, b) => b.totalNs / (b.calls || 1) - a.totalNs / (a.calls || 1) || b.totalNs - a.totalNs);
    case 'package': {
      const names = new Map(rows.map((row) => [row, originOf(row)]));
      return [...rows].sort((a, b) => compare(names.get(a), names.get(b)) || b.selfNs - a.selfNs);
    }
  }
}

/** Whose code a function is: a package's name, `app`, `node`, `native`, `gc`. */
export function originOf({ info }: Pick<StatsRow, 'info'>): string {
  return info.package ?? info.category;
}

function isStatsSort(sort: TableSort): sort is StatsSort {
  return STATS_SORTS.some((known) => known === sort);
}

function compare(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
