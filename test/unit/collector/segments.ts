/** Segments, batches and collectors as a host's thread would send and start them, written short. Times are milliseconds. */

import { type ReportedRequest, reportedRequests } from '../../../src/collector/reported-requests.ts';
import { FiguresLog } from '../../../src/request/figures-log.ts';
import {
  FLAG_ABORTED,
  FLAG_FIRST,
  FLAG_OPEN,
  type RequestBatch,
  ROUTE_UNKNOWN,
  requestRows,
  setRow,
} from '../../../src/request/request-batch.ts';
import { RequestLog } from '../../../src/request/request-log.ts';
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
    threadCpuNs: Number.NaN,
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
    const flagsNow = end === undefined ? flags | FLAG_OPEN : flags;
    setRow(rows, at, slot, start * 1000, (end ?? taken) * 1000, route ?? ROUTE_UNKNOWN, flagsNow);
    if (end === undefined) continue;
    if (flags & FLAG_FIRST || route === undefined) figures.skip();
    else figures.add(route, (end - start) * 1000, status >= 500 || (flags & FLAG_ABORTED) !== 0);
  }
  return { rows, sampleRow: new Int32Array(0), newRoutes, figures: figures.take(), slow: [] };
}

/** A batch that says whose the samples of a segment are: what the host's log makes of its requests. */
export function matched(segment: CpuSegment | null, batch: RequestBatch): RequestBatch {
  if (!segment) return batch;
  const log = new RequestLog();
  const requests = reportedRequests(batch);
  const isOpen = ({ flags }: ReportedRequest): boolean => (flags & FLAG_OPEN) !== 0;
  const ended = requests.filter((request) => !isOpen(request)).sort((a, b) => a.endMicros - b.endMicros);
  for (const { slot, startMicros, endMicros, route, flags } of ended)
    log.add(slot, startMicros, endMicros, route, flags, true);
  const open = requests.filter(isOpen);
  return { ...batch, ...log.take(segment.samples, open, open[0]?.endMicros ?? segment.endMicros, 0) };
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
