/** The orders of a stats table: pstats's sort keys, as repoze.profile offers them. */

import { shortFile } from './display-name.ts';
import type { FunctionInfo } from './profile.ts';
import type { StatsRow } from './stats.ts';

/** What a sort key is called in a table's heading: pstats's own words. */
export const SORT_TITLES = {
  time: 'internal time',
  cumulative: 'cumulative time',
  calls: 'call count',
  pcalls: 'primitive call count',
  name: 'function name',
  file: 'file name',
  module: 'file name',
  line: 'line number',
  nfl: 'name/file/line',
  stdname: 'standard name',
} as const;

export type StatsSort = keyof typeof SORT_TITLES;

export const STATS_SORTS = Object.keys(SORT_TITLES) as readonly StatsSort[];

type Comparison = (a: StatsRow, b: StatsRow) => number;

/** @param fulldirs whether file names compare with their folders, as they are shown */
export function sortRows(rows: readonly StatsRow[], sort: StatsSort, fulldirs = false): StatsRow[] {
  const fileOf = new Map<FunctionInfo, string>();
  for (const { info } of rows) fileOf.set(info, fulldirs ? info.file : shortFile(info.file));
  const byFile: Comparison = (a, b) => compareText(fileOf.get(a.info) ?? '', fileOf.get(b.info) ?? '');
  const byName: Comparison = (a, b) => compareText(a.info.name, b.info.name);
  const byLine: Comparison = (a, b) => a.info.line - b.info.line;
  const byStandardName: Comparison = (a, b) => byFile(a, b) || byLine(a, b) || byName(a, b);
  const orders: Record<StatsSort, readonly Comparison[]> = {
    time: [(a, b) => b.selfNs - a.selfNs, (a, b) => b.totalNs - a.totalNs],
    cumulative: [(a, b) => b.totalNs - a.totalNs, (a, b) => b.selfNs - a.selfNs],
    calls: [byCalls],
    // Nobody counts recursive calls apart here, so every call is a primitive one.
    pcalls: [byCalls],
    name: [byName],
    file: [byFile],
    module: [byFile],
    line: [byLine],
    nfl: [byName, byFile, byLine],
    stdname: [],
  };
  // The standard name decides between equals, so that the same profile gives the same table.
  const comparisons = [...orders[sort], byStandardName];
  return [...rows].sort((a, b) => {
    for (const comparison of comparisons) {
      const difference = comparison(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** Exact calls where they were counted, else the samples that saw the function. */
function byCalls(a: StatsRow, b: StatsRow): number {
  return (b.calls ?? 0) - (a.calls ?? 0) || b.totalSamples - a.totalSamples;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
