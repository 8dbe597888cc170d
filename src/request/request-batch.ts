/** What happened to requests between two rotations: figures of all that ended, and one row for each that the collector has to tell apart. */

import type { FiguresBatch } from './figures-log.ts';
import type { SlowRequest } from './slow-requests.ts';

/** Status of a request whose response has not ended, or that the client aborted before a status was sent. */
export const STATUS_NONE = 0;

/** The request was the first of its process: of its warm-up nothing is to be kept. */
export const FLAG_FIRST = 1;
/** The client went away before the response ended. */
export const FLAG_ABORTED = 2;
/** The request is still open at this rotation; a later batch reports it again. */
export const FLAG_OPEN = 4;

/** Route of an open request that is not routed yet. */
export const ROUTE_UNKNOWN = 0xffff;
/** Row of a sample that belongs to no request. */
export const NO_ROW = -1;

/** One entry per request. */
export interface RequestRows {
  readonly slot: Int32Array<ArrayBuffer>;
  /** Microseconds since the epoch. */
  readonly startMicros: Float64Array<ArrayBuffer>;
  /** Microseconds since the epoch; for an open request the time of the rotation. */
  readonly endMicros: Float64Array<ArrayBuffer>;
  /** Index into the routes of this and all earlier batches together, or ROUTE_UNKNOWN. */
  readonly route: Uint16Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
}

export interface RequestBatch {
  /** Requests that were sampled, are open, or were open in the batch before. */
  readonly rows: RequestRows;
  /** Per sample of the segment that was taken with this batch, the row of its request, or NO_ROW. */
  readonly sampleRow: Int32Array<ArrayBuffer>;
  /** Route names met for the first time since the last batch, in order of their index. */
  readonly newRoutes: readonly string[];
  /** Of all requests that ended. */
  readonly figures: FiguresBatch;
  /** Of the requests that ended, the slowest that took long. */
  readonly slow: readonly SlowRequest[];
}

export function requestRows(length: number): RequestRows {
  return {
    slot: new Int32Array(length),
    startMicros: new Float64Array(length),
    endMicros: new Float64Array(length),
    route: new Uint16Array(length),
    flags: new Uint8Array(length),
  };
}

export function setRow(
  rows: RequestRows,
  row: number,
  slot: number,
  startMicros: number,
  endMicros: number,
  route: number,
  flags: number,
): void {
  rows.slot[row] = slot;
  rows.startMicros[row] = startMicros;
  rows.endMicros[row] = endMicros;
  rows.route[row] = route;
  rows.flags[row] = flags;
}

/** Nothing happened. */
export function emptyBatch(): RequestBatch {
  return {
    rows: requestRows(0),
    sampleRow: new Int32Array(0),
    newRoutes: [],
    figures: { ended: 0, routes: [] },
    slow: [],
  };
}
