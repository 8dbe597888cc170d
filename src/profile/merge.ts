/** Sums profiles. Associative and commutative, up to the order of functions and nodes (canonical.ts) and while nothing is truncated. */

import { CallTreeBuilder, type CallTreeLimits, ROOT } from './call-tree-builder.ts';
import type { Profile } from './profile.ts';

/**
 * @returns one tree with the figures of all: the window is the hull, requests are summed, routes united. A run or interval that the
 * profiles do not share becomes '' or the shortest interval.
 */
export function mergeProfiles(profiles: readonly Profile[], limits?: Partial<CallTreeLimits>): Profile {
  const builder = new CallTreeBuilder(limits);
  for (const profile of profiles) mergeInto(builder, profile);
  const runs = new Set(profiles.map((profile) => profile.run));
  const [run = ''] = runs;
  return builder.build({
    run: runs.size === 1 ? run : '',
    window: {
      from: leastOf(profiles.map((profile) => profile.window.from)),
      to: profiles.reduce((latest, profile) => Math.max(latest, profile.window.to), 0),
    },
    routes: [...new Set(profiles.flatMap((profile) => profile.routes))].sort(),
    requests: profiles.reduce((sum, profile) => sum + profile.requests, 0),
    intervalMs: leastOf(profiles.map((profile) => profile.intervalMs).filter((intervalMs) => intervalMs > 0)),
  });
}

/** Adds a profile's functions, nodes and figures to a tree under construction. @param below the node that its root becomes. */
export function mergeInto(builder: CallTreeBuilder, profile: Profile, below: number = ROOT): void {
  const functions = profile.functions.map((info) => {
    const index = builder.addFunction(info);
    if (info.calls !== undefined) builder.addCalls(index, info.calls);
    return index;
  });
  const { parent, function: functionOf, self } = profile.nodes;
  const target = new Int32Array(parent.length).fill(below);
  for (let node = 0; node < parent.length; node++) {
    const parentNode = parent[node] ?? -1;
    const functionIndex = functions[functionOf[node] ?? -1];
    const into =
      parentNode < 0 || functionIndex === undefined ? below : builder.child(target[parentNode] ?? below, functionIndex);
    target[node] = into;
    const samples = self.samples[node] ?? 0;
    const cpuNs = self.cpuNs[node] ?? 0;
    const wallNs = self.wallNs[node] ?? 0;
    const waitNs = self.waitNs[node] ?? 0;
    const waits = self.waits[node] ?? 0;
    // Most nodes are only passed through.
    if (samples !== 0 || cpuNs !== 0 || wallNs !== 0 || waitNs !== 0 || waits !== 0)
      builder.addSelf(into, { samples, cpuNs, wallNs, waitNs, waits });
  }
}

function leastOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((least, value) => Math.min(least, value));
}
