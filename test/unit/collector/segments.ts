/** Segments, batches and collectors as a host's thread would send and start them, written short. Times are milliseconds. */

import {
  batchBuffers,
  FLAG_OPEN,
  type RequestBatch,
  ROUTE_UNKNOWN,
  requestColumns,
} from '../../../src/request/request-batch.ts';
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
  // Longer than what is in use, as the host's are.
  const columns = requestColumns(exchanges.length + 3);
  for (const [at, { slot, start, end, route, status, flags = 0 }] of exchanges.entries()) {
    columns.slot[at] = slot;
    columns.startMicros[at] = start * 1000;
    columns.endMicros[at] = (end ?? taken) * 1000;
    columns.route[at] = route ?? ROUTE_UNKNOWN;
    columns.status[at] = end === undefined ? 0 : (status ?? 200);
    columns.flags[at] = end === undefined ? flags | FLAG_OPEN : flags;
  }
  return { ...columns, length: exchanges.length, newRoutes, slow: [] };
}

/** What arrives on the collector's side. */
export function transferred<Message extends { segment: CpuSegment | null; requests: RequestBatch }>(
  message: Message,
): Message {
  const { segment, requests } = message;
  return structuredClone(message, {
    transfer: [...batchBuffers(requests), ...(segment ? segmentBuffers(segment) : [])],
  });
}
