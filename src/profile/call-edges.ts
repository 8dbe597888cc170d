/** Who called whom, with the figures of the callee under that caller: the rows of pstats's print_callers and print_callees. */

import type { Metric, Profile } from './profile.ts';
import { sumByKey } from './stats.ts';
import { metricColumn } from './totals.ts';

/** One caller-callee pair, seen from one of its ends. */
export interface CallEdge {
  /** Index of the function at the other end. */
  readonly function: number;
  /** Nanoseconds of the metric in the callee itself while this caller called it. */
  readonly selfNs: number;
  /** With what the callee called. While a pair is on the stack its recursive repetitions do not count again. */
  readonly totalNs: number;
  /** Samples that saw the pair on the stack. */
  readonly samples: number;
}

/** Edges by function index, the heaviest first. */
export type CallEdges = readonly (readonly CallEdge[])[];

/** Per function, who called it. A function without a caller was entered from the event loop. */
export function callers(profile: Profile, metric: Metric): CallEdges {
  return group(profile, metric, (edge) => ({ of: edge.callee, other: edge.caller }));
}

/** Per function, what it called. */
export function callees(profile: Profile, metric: Metric): CallEdges {
  return group(profile, metric, (edge) => ({ of: edge.caller, other: edge.callee }));
}

interface Pair {
  readonly caller: number;
  readonly callee: number;
}

function group(profile: Profile, metric: Metric, ends: (pair: Pair) => { of: number; other: number }): CallEdges {
  const { nodes, functions } = profile;
  const { keys, pairs } = findPairs(profile);
  const times = sumByKey(nodes, keys, pairs.length, metricColumn(nodes.self, metric));
  const samples = sumByKey(nodes, keys, pairs.length, nodes.self.samples);
  const edges: CallEdge[][] = functions.map(() => []);
  for (const [key, pair] of pairs.entries()) {
    const { of, other } = ends(pair);
    edges[of]?.push({
      function: other,
      selfNs: times.self[key] ?? 0,
      totalNs: times.total[key] ?? 0,
      samples: samples.total[key] ?? 0,
    });
  }
  for (const list of edges)
    list.sort((a, b) => b.totalNs - a.totalNs || b.samples - a.samples || a.function - b.function);
  return edges;
}

/** Numbers the caller-callee pairs of a tree. @returns `keys`: a pair's number by node, -1 at the top level */
function findPairs({ nodes, functions }: Profile): { keys: Int32Array; pairs: Pair[] } {
  const keys = new Int32Array(nodes.parent.length).fill(-1);
  const pairs: Pair[] = [];
  const known = new Map<number, number>();
  for (let node = 0; node < keys.length; node++) {
    const callee = nodes.function[node] ?? -1;
    const caller = nodes.function[nodes.parent[node] ?? -1] ?? -1;
    if (callee < 0 || caller < 0) continue;
    const pair = caller * functions.length + callee;
    let key = known.get(pair);
    if (key === undefined) {
      key = pairs.push({ caller, callee }) - 1;
      known.set(pair, key);
    }
    keys[node] = key;
  }
  return { keys, pairs };
}
