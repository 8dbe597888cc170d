/** Two call trees as one, coloured by what became slower and what faster. */

import { CallTreeBuilder } from '../../src/profile/call-tree-builder.ts';
import { mergeInto } from '../../src/profile/merge.ts';
import type { Metric, Profile } from '../../src/profile/profile.ts';
import { inclusiveTotals, metricColumn } from '../../src/profile/totals.ts';

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
