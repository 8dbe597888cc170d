/** A profile as the bytes of a pprof file: one sample per node with own figures, five values each, routes as labels and no functions. */

import { type SampleInput, StringTable } from 'pprof-format';
import { isRouteFunction } from '../profile/by-route.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { walkTree } from '../profile/tree-walk.ts';
import { encodePprof, functionTables } from './pprof-encoding.ts';
import { COMMENT_KEYS, ROUTE_LABEL } from './pprof-labels.ts';
import { SAMPLE_TYPES } from './pprof-sample-types.ts';
import { wholeNumbers } from './whole-numbers.ts';

const DEFAULT_SAMPLE_TYPE = 'cpu';
const NS_PER_MS = 1_000_000;

type Labels = NonNullable<SampleInput['label']>;

export interface PprofFileOptions {
  /** Route of samples that are below none. */
  readonly defaultRoute?: string | undefined;
  /** Key and value of labels of every sample, beside its route. */
  readonly labels?: readonly (readonly [key: string, value: string])[];
  /** Beside those that say run, requests and routes. */
  readonly comments: readonly string[];
  /** Of compression. */
  readonly level?: number;
}

export function encodePprofFile(
  profile: Profile,
  { defaultRoute, labels = [], comments, level }: PprofFileOptions,
): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const label = ([key, value]: readonly [string, string]): Labels[number] => ({ key: text(key), str: text(value) });
  const labelsOf = (route = defaultRoute): Labels =>
    [...(route === undefined ? [] : [[ROUTE_LABEL, route] as const]), ...labels].map(label);
  const functions = profile.functions.filter((info) => !isRouteFunction(info));
  return encodePprof(
    {
      stringTable,
      sampleType: SAMPLE_TYPES.map(([type, unit]) => ({ type: text(type), unit: text(unit) })),
      sample: samplesOf(profile, functions, labelsOf),
      ...functionTables(functions, text),
      timeNanos: nanosOf(profile.window.from),
      durationNanos: nanosOf(profile.window.to - profile.window.from),
      periodType: { type: text('wall'), unit: text('nanoseconds') },
      period: Math.round(profile.intervalMs * NS_PER_MS),
      comment: [
        COMMENT_KEYS.requests + profile.requests,
        COMMENT_KEYS.run + profile.run,
        ...profile.routes.map((route) => COMMENT_KEYS.route + route),
        ...comments,
      ].map(text),
      defaultSampleType: text(DEFAULT_SAMPLE_TYPE),
    },
    level,
  );
}

/** A recorded tree has its routes on the first level: they are labels of samples, not functions. */
function samplesOf(
  { nodes, functions: all }: Profile,
  functions: readonly FunctionInfo[],
  labelsOf: (route: string | undefined) => Labels,
): SampleInput[] {
  const walk = walkTree(nodes);
  const samples = wholeNumbers(nodes.self.samples, walk);
  const cpuNs = wholeNumbers(nodes.self.cpuNs, walk);
  const wallNs = wholeNumbers(nodes.self.wallNs, walk);
  const waitNs = wholeNumbers(nodes.self.waitNs, walk);
  const waits = wholeNumbers(nodes.self.waits, walk);
  const position = new Map(functions.map((info, index) => [info, index]));
  const locationOf = all.map((info) => (position.get(info) ?? -1) + 1);
  const labels = new Map<string | undefined, Labels>();
  const result: SampleInput[] = [];
  for (const node of walk.order) {
    const awaitedNs = waitNs[node] ?? 0;
    const value = [samples[node] ?? 0, cpuNs[node] ?? 0, (wallNs[node] ?? 0) + awaitedNs, awaitedNs, waits[node] ?? 0];
    if (value.every((figure) => figure === 0)) continue;
    const locationId: number[] = [];
    let route: string | undefined;
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0) {
      const index = nodes.function[at] ?? -1;
      const location = locationOf[index] ?? 0;
      if (location > 0) locationId.push(location);
      else route = all[index]?.name;
    }
    const label = labels.get(route) ?? labelsOf(route);
    labels.set(route, label);
    result.push({ locationId, value, label });
  }
  return result;
}

/** Nanoseconds since the epoch are beyond what a double holds exactly. */
function nanosOf(ms: number): bigint {
  return BigInt(Math.round(ms)) * BigInt(NS_PER_MS);
}
