/** Segments, batches and collectors as a host's thread would send and start them, written short. Times are milliseconds. */

import { FiguresLog } from '../../../src/request/figures-log.ts';
import {
  FLAG_ABORTED,
  FLAG_FIRST,
  FLAG_OPEN,
  NO_ROW,
  type RequestBatch,
  ROUTE_UNKNOWN,
  requestRows,
} from '../../../src/request/request-batch.ts';
import { NO_REQUEST, requestAt } from '../../../src/request/sampled-requests.ts';
import { type CpuSegment, SLOT_NONE, segmentBuffers } from '../../../src/sample/segment.ts';

export interface Sample {
  /** Outermost frame first: `handle@/app/a.js:3:4 > query > (idle)`. */
  readonly stack: string;
  readonly at: number;
  readonly slot?: number;
  /** Default: 10 for work, 0 for idleness. */
  readonly cpuMs?: number;
}

export interface SegmentOptions {
  readonly from?: number;
  readonly to?: number;
  readonly unmatched?: number;
  /** Samples without a time. */
  readonly untimed?: readonly string[];
}

export function segmentOf(samples: readonly Sample[], options: SegmentOptions = {}): CpuSegment {
  const functions = { name: [] as string[], file: [] as string[], line: [] as number[], column: [] as number[] };
  const functionIds = new Map<string, number>();
  const parent = [-1];
  const nodeFunction = [-1];
  const hits = [0];
  const nodeIds = new Map<string, number>();

  const functionId = (frame: string): number => {
    const known = functionIds.get(frame);
    if (known !== undefined) return known;
    const [, name = '', file = '', line = '0', column = '0'] =
      /^(.*?)(?:@(.*?)(?::(\d+))?(?::(\d+))?)?$/.exec(frame) ?? [];
    functions.name.push(name);
    functions.file.push(file);
    functions.line.push(Number(line));
    functions.column.push(Number(column));
    functionIds.set(frame, functionIds.size);
    return functionIds.size - 1;
  };
  const nodeId = (stack: string): number =>
    stack.split(' > ').reduce((above, frame) => {
      const key = `${above} > ${frame}`;
      let id = nodeIds.get(key);
      if (id === undefined) {
        id = parent.push(above) - 1;
        nodeFunction.push(functionId(frame));
        hits.push(0);
        nodeIds.set(key, id);
      }
      return id;
    }, 0);

  const nodes = samples.map(({ stack }) => nodeId(stack));
  for (const node of [...nodes, ...(options.untimed ?? []).map(nodeId)]) hits[node] = (hits[node] ?? 0) + 1;
  const times = samples.map(({ at }) => at);
  return {
    startMicros: (options.from ?? Math.min(0, ...times)) * 1000,
    endMicros: (options.to ?? Math.max(0, ...times)) * 1000,
    functions: { ...functions, line: Int32Array.from(functions.line), column: Int32Array.from(functions.column) },
    nodes: { parent: Int32Array.from(parent), function: Int32Array.from(nodeFunction), hits: Int32Array.from(hits) },
    samples: {
      node: Int32Array.from(nodes),
      timeMicros: Float64Array.from(times, (ms) => ms * 1000),
      cpuNs: Float64Array.from(samples, ({ stack, cpuMs }) => (cpuMs ?? (stack.endsWith('(idle)') ? 0 : 10)) * 1e6),
      slot: Int32Array.from(samples, ({ slot }) => slot ?? SLOT_NONE),
    },
    unmatched: options.unmatched ?? 0,
    nativeThreadsCpuNs: 0,
  };
}

export interface Exchange {
  readonly slot: number;
  readonly start: number;
  /** Absent: the request is open. */
  readonly end?: number;
  /** Absent: not routed yet. */
  readonly route?: number;
  readonly status?: number;
  readonly flags?: number;
}

/** @param newRoutes names met first in this batch. @param taken time of the rotation. */
export function batchOf(exchanges: readonly Exchange[], newRoutes: readonly string[] = [], taken = 0): RequestBatch {
  const rows = requestRows(exchanges.length);
  const figures = new FiguresLog();
  for (const [at, { slot, start, end, route, status = 200, flags = 0 }] of exchanges.entries()) {
    rows.slot[at] = slot;
    rows.startMicros[at] = start * 1000;
    rows.endMicros[at] = (end ?? taken) * 1000;
    rows.route[at] = route ?? ROUTE_UNKNOWN;
    rows.flags[at] = end === undefined ? flags | FLAG_OPEN : flags;
    if (end === undefined) continue;
    if (flags & FLAG_FIRST || route === undefined) figures.skip();
    else figures.add(route, (end - start) * 1000, status >= 500 || (flags & FLAG_ABORTED) !== 0);
  }
  return { rows, sampleRow: new Int32Array(0), newRoutes, figures: figures.take(), slow: [] };
}

/** A batch that says whose the samples of a segment are, as the host's does. */
export function matched(segment: CpuSegment | null, batch: RequestBatch): RequestBatch {
  if (!segment) return batch;
  const { slot, startMicros, endMicros, flags } = batch.rows;
  const rows = Array.from(slot, (_, row) => row);
  const isOpen = (row: number): boolean => ((flags[row] ?? 0) & FLAG_OPEN) !== 0;
  const order = rows.filter((row) => !isOpen(row)).sort((a, b) => (endMicros[a] ?? 0) - (endMicros[b] ?? 0));
  const ring = requestRows(2 ** Math.ceil(Math.log2(order.length + 1)));
  for (const [number, row] of order.entries()) {
    ring.slot[number] = slot[row] ?? 0;
    ring.startMicros[number] = startMicros[row] ?? 0;
    ring.endMicros[number] = endMicros[row] ?? 0;
  }
  const ended = { ring, first: 0, next: order.length };
  const sampleRow = Int32Array.from(segment.samples.slot, (id, sample) => {
    if (id < 0) return NO_ROW;
    const openRow = rows.find((row) => isOpen(row) && slot[row] === id);
    const openSince = (openRow === undefined ? undefined : startMicros[openRow]) ?? Number.POSITIVE_INFINITY;
    const number = requestAt(ended, id, segment.samples.timeMicros[sample] ?? 0, openSince);
    return (number === NO_REQUEST ? openRow : order[number]) ?? NO_ROW;
  });
  return { ...batch, sampleRow };
}

/** What arrives on the collector's side. */
export function transferred<Message extends { segment: CpuSegment | null; requests: RequestBatch }>(
  message: Message,
): Message {
  const { segment, requests } = message;
  return structuredClone(
    { ...message, requests: matched(segment, requests) },
    { transfer: segment ? segmentBuffers(segment) : [] },
  );
}
