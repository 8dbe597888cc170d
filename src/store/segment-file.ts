/**
 * A segment as a file: a gzipped pprof as every tool reads it, each sample labelled with its route and process, and the requests of
 * each route as JSON in a comment (docs/adr/0014-store.md). One file, so that samples and requests appear together or not at all.
 */

import { gunzipSync } from 'node:zlib';
import { type SampleInput, StringTable } from 'pprof-format';
import { encodePprof, functionTables } from '../export/pprof-encoding.ts';
import { COMMENT_KEYS, PROCESS_LABEL, ROUTE_LABEL } from '../export/pprof-labels.ts';
import { type PprofMessage, parsePprof } from '../export/pprof-message.ts';
import { SAMPLE_TYPES } from '../export/pprof-sample-types.ts';
import { wholeNumbers } from '../export/whole-numbers.ts';
import { isRouteFunction } from '../profile/by-route.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { walkTree } from '../profile/tree-walk.ts';
import type { Slice } from './contract.ts';
import { figuresFromText, figuresToText, type StoredFigures } from './figures-text.ts';
import type { KnownFunctions } from './known-functions.ts';

const NS_PER_MS = 1_000_000;
/** The largest possible segment has 200,000 nodes: some 20 MB, unpacked. */
const MAX_BYTES = 128 << 20;

/** What was read of a segment file: a slice but for its figures. */
export interface StoredSegment {
  readonly from: number;
  readonly to: number;
  readonly tree: Profile;
  readonly figures: readonly StoredFigures[];
}

export function encodeSegment({ from, to, tree, figures }: Slice, pid: number): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  return encodePprof({
    stringTable,
    sampleType: SAMPLE_TYPES.map(([type, unit]) => ({ type: text(type), unit: text(unit) })),
    sample: samplesOf(tree, pid, text),
    ...functionTables(tree.functions, text),
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
  });
}

function samplesOf({ nodes, functions }: Profile, pid: number, text: (value: string) => number): SampleInput[] {
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
      const index = nodes.function[at] ?? 0;
      if (nodes.parent[at] !== 0 || !isRouteFunction(functions[index] as FunctionInfo)) locationId.push(index + 1);
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
  const figures = comment(COMMENT_KEYS.figures).map(figuresFromText);
  const from = message.timeNanos / NS_PER_MS;
  const to = from + message.durationNanos / NS_PER_MS;
  const tree: Profile = {
    version: 1,
    run: comment(COMMENT_KEYS.run)[0] ?? '',
    window: { from, to },
    routes: comment(COMMENT_KEYS.route),
    requests: Number(comment(COMMENT_KEYS.requests)[0]) || 0,
    intervalMs: message.period / NS_PER_MS,
    ...treeOf(message, known),
  };
  return { from, to, tree, figures };
}

/** The samples come depth first: each begins with as much of the path of the one before it as they share. */
function treeOf(message: PprofMessage, known: KnownFunctions): Pick<Profile, 'functions' | 'nodes'> {
  const functions: FunctionInfo[] = [];
  const functionOf = functionsByLocation(message, functions, known);
  const routes = new Map<string, number>();
  const parent = [-1];
  const nodeFunction = [-1];
  const columns: [number[], number[], number[], number[], number[]] = [[0], [0], [0], [0], [0]];
  const add = (above: number, index: number): number => {
    nodeFunction.push(index);
    for (const column of columns) column.push(0);
    return parent.push(above) - 1;
  };
  const routeIndex = (route: string): number => {
    const index = routes.get(route) ?? functions.push(known.route(route)) - 1;
    routes.set(route, index);
    return index;
  };
  /** The path of the sample before, from its route on: what was met, and the nodes that stand for it. */
  const met: number[] = [];
  const path: number[] = [];
  message.forEachSample((locations, values, labels) => {
    const route = labels.find(({ key }) => key === ROUTE_LABEL)?.text;
    const steps: number[] = route === undefined ? [] : [routeIndex(route)];
    for (let at = locations.length - 1; at >= 0; at--) {
      const index = functionOf.get(locations[at] ?? 0);
      if (index === undefined) throw new Error(`a sample refers to location ${locations[at]}, which is not there`);
      steps.push(index);
    }
    let depth = 0;
    while (depth < steps.length && depth < met.length && steps[depth] === met[depth]) depth++;
    met.length = depth;
    path.length = depth;
    for (const step of steps.slice(depth)) {
      met.push(step);
      path.push(add(path.at(-1) ?? 0, step));
    }
    const node = path.at(-1) ?? 0;
    const [samples = 0, cpuNs = 0, wallNs = 0, waitNs = 0, waits = 0] = values;
    // In files, as everywhere outside of the model, wall is with the time awaited.
    for (const [at, figure] of [samples, cpuNs, Math.max(0, wallNs - waitNs), waitNs, waits].entries())
      (columns[at] as number[])[node] = ((columns[at] as number[])[node] ?? 0) + figure;
  });
  const [samples, cpuNs, wallNs, waitNs, waits] = columns;
  return { functions, nodes: { parent, function: nodeFunction, self: { samples, cpuNs, wallNs, waitNs, waits } } };
}

/** @param functions takes them. */
function functionsByLocation(
  message: PprofMessage,
  functions: FunctionInfo[],
  known: KnownFunctions,
): Map<number, number> {
  const byLocation = new Map<number, number>();
  for (const { id, lines } of message.locations) {
    const [line] = lines;
    const found = line && message.functions.get(line.functionId);
    if (!line || !found) throw new Error(`location ${id} is no function`);
    const { name, systemName, file } = found;
    const info = known.named(
      name,
      systemName,
      file,
      found.startLine || Math.max(line.line, 0),
      Math.max(line.column, 0),
    );
    byLocation.set(id, functions.push(info) - 1);
  }
  return byLocation;
}
