/**
 * One row per function, with the semantics of Python's pstats: own time, and cumulative time in which recursion counts once
 * (https://docs.python.org/3/library/profile.html).
 */

import type { FunctionInfo, Metric, NodeColumns, Profile } from './profile.ts';
import { inclusiveTotals, metricColumn } from './totals.ts';
import { findRepeats, walkTree } from './tree-walk.ts';

export interface StatsRow {
  /** Index into the profile's functions. */
  readonly function: number;
  readonly info: FunctionInfo;
  readonly selfSamples: number;
  readonly totalSamples: number;
  /** Nanoseconds of the metric in the function itself: pstats's tottime. */
  readonly selfNs: number;
  /** Nanoseconds of the metric in the function and what it called: pstats's cumtime. */
  readonly totalNs: number;
  /** Exact number of calls, only where they were counted. */
  readonly calls?: number;
}

/** Rows in the order of the profile's functions; functions without a node have none. */
export function statsRows(profile: Profile, metric: Metric): StatsRow[] {
  const { nodes, functions } = profile;
  const own = metricColumn(nodes.self, metric);
  const samples = sumByKey(nodes, nodes.function, functions.length, nodes.self.samples);
  const times = sumByKey(nodes, nodes.function, functions.length, own);
  const occurs = new Uint8Array(functions.length);
  for (let node = 0; node < nodes.function.length; node++) occurs[nodes.function[node] ?? -1] = 1;
  return functions.flatMap((info, index) => {
    if (occurs[index] !== 1) return [];
    const row: StatsRow = {
      function: index,
      info,
      selfSamples: samples.self[index] ?? 0,
      totalSamples: samples.total[index] ?? 0,
      selfNs: times.self[index] ?? 0,
      totalNs: times.total[index] ?? 0,
    };
    return [info.calls === undefined ? row : { ...row, calls: info.calls }];
  });
}

interface KeyedSums {
  /** What the key's nodes measured themselves. */
  readonly self: Float64Array;
  /** With everything below them; a node below one of the same key is not added again. */
  readonly total: Float64Array;
}

/** Sums a column by a key per node (its function, its caller-callee pair); nodes with a negative key belong to none. */
export function sumByKey(
  nodes: NodeColumns,
  keys: ArrayLike<number>,
  keyCount: number,
  column: ArrayLike<number>,
): KeyedSums {
  const repeats = findRepeats(walkTree(nodes), keys, keyCount);
  const inclusive = inclusiveTotals(nodes, column);
  const self = new Float64Array(keyCount);
  const total = new Float64Array(keyCount);
  for (let node = 0; node < inclusive.length; node++) {
    const key = keys[node] ?? -1;
    if (key < 0) continue;
    self[key] = (self[key] ?? 0) + (column[node] ?? 0);
    if (repeats[node] === 0) total[key] = (total[key] ?? 0) + (inclusive[node] ?? 0);
  }
  return { self, total };
}

/** Rows of files whose path contains the text: repoze.profile's `filename=`. */
export function filterRows(rows: readonly StatsRow[], filename: string): StatsRow[] {
  return rows.filter((row) => row.info.file.includes(filename));
}
