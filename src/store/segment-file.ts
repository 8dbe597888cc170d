/**
 * A segment as a file: a gzipped pprof as every tool reads it, each sample labelled with its route and process, and the requests of
 * each route as JSON in a comment (docs/adr/0014-store.md). One file, so that samples and requests appear together or not at all.
 */

import { gunzipSync } from 'node:zlib';
import { type SampleInput, StringTable } from 'pprof-format';
import { encodePprof, functionTables } from '../export/pprof-encoding.ts';
import { COMMENT_KEYS, PROCESS_LABEL, ROUTE_LABEL } from '../export/pprof-labels.ts';
import { parsePprof } from '../export/pprof-message.ts';
import { SAMPLE_TYPES } from '../export/pprof-sample-types.ts';
import { wholeNumbers } from '../export/whole-numbers.ts';
import { isRouteFunction } from '../profile/by-route.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { walkTree } from '../profile/tree-walk.ts';
import type { Slice } from './contract.ts';
import { figuresFromText, figuresToText, type StoredFigures } from './figures-text.ts';
import type { KnownFunctions } from './known-functions.ts';
import { readStoredTree, type StoredTree } from './stored-tree.ts';

const NS_PER_MS = 1_000_000;
/** A tenth larger than the usual level, in half the time. */
const FAST = 1;
/** The largest possible segment has 200,000 nodes: some 20 MB, unpacked. */
const MAX_BYTES = 128 << 20;

/** What was read of a segment file. */
export interface StoredSegment {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly intervalMs: number;
  readonly tree: StoredTree;
  readonly figures: readonly StoredFigures[];
}

export function encodeSegment({ from, to, tree, figures }: Slice, pid: number): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  // Routes are labels, not functions: the place of each other one in the file, counted from 1.
  const functions = tree.functions.filter((info) => !isRouteFunction(info));
  const places = new Map(functions.map((info, at) => [info, at + 1]));
  return encodePprof(
    {
      stringTable,
      sampleType: SAMPLE_TYPES.map(([type, unit]) => ({ type: text(type), unit: text(unit) })),
      sample: samplesOf(tree, places, pid, text),
      ...functionTables(functions, text),
      timeNanos: BigInt(Math.round(from)) * BigInt(NS_PER_MS),
      durationNanos: Math.round(to - from) * NS_PER_MS,
      periodType: { type: text('wall'), unit: text('nanoseconds') },
      period: Math.round(tree.intervalMs * NS_PER_MS),
      comment: [
        COMMENT_KEYS.requests + tree.requests,
        COMMENT_KEYS.run + tree.run,
        ...tree.routes.map((route) => COMMENT_KEYS.route + route),
        ...[...figures].map(([route, figure]) => COMMENT_KEYS.figures + figuresToText(route, figure)),
      ].map(text),
      defaultSampleType: text('cpu'),
    },
    FAST,
  );
}

function samplesOf(
  { nodes, functions }: Profile,
  places: ReadonlyMap<FunctionInfo, number>,
  pid: number,
  text: (value: string) => number,
): SampleInput[] {
  const walk = walkTree(nodes);
  const [samples, cpuNs, wallNs, waitNs, waits] = [
    nodes.self.samples,
    nodes.self.cpuNs,
    nodes.self.wallNs,
    nodes.self.waitNs,
    nodes.self.waits,
  ].map((column) => wholeNumbers(column, walk)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const process = { key: text(PROCESS_LABEL), str: text(String(pid)) };
  const result: SampleInput[] = [];
  let label = [process];
  for (const node of walk.order) {
    const info = functions[nodes.function[node] ?? -1];
    if (nodes.parent[node] === 0)
      label = info && isRouteFunction(info) ? [{ key: text(ROUTE_LABEL), str: text(info.name) }, process] : [process];
    const awaitedNs = waitNs[node] ?? 0;
    const value = [samples[node] ?? 0, cpuNs[node] ?? 0, (wallNs[node] ?? 0) + awaitedNs, awaitedNs, waits[node] ?? 0];
    if (value.every((figure) => figure === 0)) continue;
    const locationId: number[] = [];
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0) {
      const place = places.get(functions[nodes.function[at] ?? -1] as FunctionInfo);
      if (place !== undefined) locationId.push(place);
    }
    result.push({ locationId, value, label });
  }
  return result;
}

/** @throws on anything that `encodeSegment` has not made. */
export function decodeSegment(bytes: Uint8Array, known: KnownFunctions): StoredSegment {
  const message = parsePprof(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }));
  if (message.sampleTypes.map(({ type }) => type).join() !== SAMPLE_TYPES.map(([type]) => type).join())
    throw new Error('its sample types are not ours');
  const comment = (key: string): string[] =>
    message.comments.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length));
  const figures = comment(COMMENT_KEYS.figures).map((text) => figuresFromText(text, known));
  const from = message.timeNanos / NS_PER_MS;
  const to = from + message.durationNanos / NS_PER_MS;
  return {
    from,
    to,
    requests: Number(comment(COMMENT_KEYS.requests)[0]) || 0,
    intervalMs: message.period / NS_PER_MS,
    tree: readStoredTree(message, known),
    figures,
  };
}
