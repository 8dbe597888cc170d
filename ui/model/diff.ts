/** What became slower and what faster between two profiles, per request where both have requests, else as a share of all. */

import { CallTreeBuilder } from '../../src/profile/call-tree-builder.ts';
import { mergeInto } from '../../src/profile/merge.ts';
import type { FunctionInfo, Metric, Profile } from '../../src/profile/profile.ts';
import { statsRows } from '../../src/profile/stats.ts';
import { inclusiveTotals, metricColumn } from '../../src/profile/totals.ts';
import { functionKey } from './function-key.ts';

export interface DiffSide {
  readonly samples: number;
  readonly selfNs: number;
  readonly totalNs: number;
}

export interface DiffRow {
  readonly info: FunctionInfo;
  readonly key: string;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** Own time per request, after less before, in nanoseconds. */
  readonly selfDelta: number;
  /** The same of the time with what it called. */
  readonly totalDelta: number;
  /** The difference is within what sampling alone makes of two equal servers. */
  readonly isUncertain: boolean;
}

/** Two Poisson counts differ by more than this many standard deviations in about one of 20 cases. */
const DEVIATIONS = 2;
/** Below this many samples on both sides together nothing is said. */
const LEAST_SAMPLES = 20;
const NOTHING: DiffSide = { samples: 0, selfNs: 0, totalNs: 0 };

export function diffRows(before: Profile, after: Profile, metric: Metric): DiffRow[] {
  const rows = new Map<string, { info: FunctionInfo; before: DiffSide; after: DiffSide }>();
  for (const side of ['before', 'after'] as const) {
    for (const { info, selfSamples, selfNs, totalNs } of statsRows(side === 'before' ? before : after, metric)) {
      const key = functionKey(info);
      const known = rows.get(key) ?? { info, before: NOTHING, after: NOTHING };
      rows.set(key, { ...known, [side]: { samples: selfSamples, selfNs, totalNs } });
    }
  }
  const per = { before: Math.max(before.requests, 1), after: Math.max(after.requests, 1) };
  return [...rows].map(([key, row]) => ({
    ...row,
    key,
    selfDelta: row.after.selfNs / per.after - row.before.selfNs / per.before,
    totalDelta: row.after.totalNs / per.after - row.before.totalNs / per.before,
    isUncertain: isUncertain(row.before.samples, row.after.samples, per),
  }));
}

function isUncertain(before: number, after: number, per: { readonly before: number; readonly after: number }): boolean {
  if (before + after < LEAST_SAMPLES) return true;
  const deviation = Math.sqrt(before / per.before ** 2 + after / per.after ** 2);
  return Math.abs(after / per.after - before / per.before) < DEVIATIONS * deviation;
}

export interface DiffTree {
  /** Both trees in one: `cpuNs` is the later side's metric per request, `wallNs` the earlier one's. */
  readonly tree: Profile;
  /** By node, after less before, with what it called. */
  readonly delta: Float64Array;
}

export function diffTree(before: Profile, after: Profile, metric: Metric): DiffTree {
  const builder = new CallTreeBuilder({ maxNodes: 2 ** 26, maxFunctions: 2 ** 26 });
  mergeInto(builder, scaled(before, metric, 'wallNs'));
  mergeInto(builder, scaled(after, metric, 'cpuNs'));
  const tree = builder.build(after);
  const earlier = inclusiveTotals(tree.nodes, tree.nodes.self.wallNs);
  const delta = inclusiveTotals(tree.nodes, tree.nodes.self.cpuNs).map((own, node) => own - (earlier[node] ?? 0));
  return { tree, delta };
}

function scaled(profile: Profile, metric: Metric, into: 'cpuNs' | 'wallNs'): Profile {
  const per = Math.max(profile.requests, 1);
  const nothing = new Float64Array(profile.nodes.parent.length);
  const own = Float64Array.from(metricColumn(profile.nodes.self, metric), (ns) => ns / per);
  const self = { samples: nothing, cpuNs: nothing, wallNs: nothing, waitNs: nothing, waits: nothing, [into]: own };
  return { ...profile, nodes: { ...profile.nodes, self } };
}
