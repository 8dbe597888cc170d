/**
 * Gzipped profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto): one sample per node with own figures, five
 * values each. `wall` is, as everywhere in text and UI, time on the JavaScript thread plus time awaited.
 */

import { type SampleInput, StringTable } from 'pprof-format';
import { isRouteFunction } from '../profile/by-route.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { walkTree } from '../profile/tree-walk.ts';
import type { Exporter, ExportOptions } from './contract.ts';
import { encodePprof, functionTables } from './pprof-encoding.ts';
import { COMMENT_KEYS, ROUTE_LABEL } from './pprof-labels.ts';
import { SAMPLE_TYPES } from './pprof-sample-types.ts';
import { wholeNumbers } from './whole-numbers.ts';

const DEFAULT_SAMPLE_TYPE = 'cpu';

const NS_PER_MS = 1_000_000;

export const pprofExporter: Exporter = {
  format: 'pprof',
  description: 'gzipped profile.proto for go tool pprof, Pyroscope, Parca, Speedscope',
  contentType: 'application/octet-stream',
  extension: '.pb.gz',
  encode,
};

function encode(profile: Profile, { requestsByRoute }: ExportOptions): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const [onlyRoute] = profile.routes.length === 1 ? profile.routes : [];
  const label = (route: string): NonNullable<SampleInput['label']> => [{ key: text(ROUTE_LABEL), str: text(route) }];
  const functions = profile.functions.filter((info) => !isRouteFunction(info));
  return encodePprof({
    stringTable,
    sampleType: SAMPLE_TYPES.map(([type, unit]) => ({ type: text(type), unit: text(unit) })),
    sample: samplesOf(profile, functions, (route) => (route === undefined ? [] : label(route)), onlyRoute),
    ...functionTables(functions, text),
    timeNanos: nanosOf(profile.window.from),
    durationNanos: nanosOf(profile.window.to - profile.window.from),
    periodType: { type: text('wall'), unit: text('nanoseconds') },
    period: Math.round(profile.intervalMs * NS_PER_MS),
    comment: [
      COMMENT_KEYS.requests + profile.requests,
      COMMENT_KEYS.run + profile.run,
      ...profile.routes.map((route) => COMMENT_KEYS.route + route),
      ...[...(requestsByRoute ?? [])].map(([route, requests]) => `${COMMENT_KEYS.routeRequests}${requests} ${route}`),
    ].map(text),
    defaultSampleType: text(DEFAULT_SAMPLE_TYPE),
  });
}

/** A recorded tree has its routes on the first level: they are labels of samples, not functions. */
function samplesOf(
  { nodes, functions: all }: Profile,
  functions: readonly FunctionInfo[],
  labelOf: (route: string | undefined) => NonNullable<SampleInput['label']>,
  onlyRoute: string | undefined,
): SampleInput[] {
  const walk = walkTree(nodes);
  const samples = wholeNumbers(nodes.self.samples, walk);
  const cpuNs = wholeNumbers(nodes.self.cpuNs, walk);
  const wallNs = wholeNumbers(nodes.self.wallNs, walk);
  const waitNs = wholeNumbers(nodes.self.waitNs, walk);
  const waits = wholeNumbers(nodes.self.waits, walk);
  const position = new Map(functions.map((info, index) => [info, index]));
  const locationOf = all.map((info) => (position.get(info) ?? -1) + 1);
  const labels = new Map<string | undefined, NonNullable<SampleInput['label']>>();
  const result: SampleInput[] = [];
  for (const node of walk.order) {
    const awaitedNs = waitNs[node] ?? 0;
    const value = [samples[node] ?? 0, cpuNs[node] ?? 0, (wallNs[node] ?? 0) + awaitedNs, awaitedNs, waits[node] ?? 0];
    if (value.every((figure) => figure === 0)) continue;
    const locationId: number[] = [];
    let route = onlyRoute;
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0) {
      const index = nodes.function[at] ?? -1;
      const location = locationOf[index] ?? 0;
      if (location > 0) locationId.push(location);
      else route = all[index]?.name;
    }
    const label = labels.get(route) ?? labelOf(route);
    labels.set(route, label);
    result.push({ locationId, value, label });
  }
  return result;
}

/** Nanoseconds since the epoch are beyond what a double holds exactly. */
function nanosOf(ms: number): bigint {
  return BigInt(Math.round(ms)) * BigInt(NS_PER_MS);
}
