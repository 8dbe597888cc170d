/** What happened to requests between two rotations, in columns whose buffers are transferred; one entry per request that ended or is open. */

import type { SlowRequest } from './slow-requests.ts';

/** Status of a request whose response has not ended, or that the client aborted before a status was sent. */
export const STATUS_NONE = 0;

/** The request was the first of its process. */
export const FLAG_FIRST = 1;
/** The client went away before the response ended. */
export const FLAG_ABORTED = 2;
/** The request is still open at this rotation; a later batch reports it again. */
export const FLAG_OPEN = 4;

/** Entries for which an idle server has room between rotations. */
export const FIRST_CAPACITY = 1024;

/** Route of an open request that is not routed yet. */
export const ROUTE_UNKNOWN = 0xffff;

export interface RequestColumns {
  readonly slot: Int32Array<ArrayBuffer>;
  /** Microseconds since the epoch. */
  readonly startMicros: Float64Array<ArrayBuffer>;
  /** Microseconds since the epoch; for an open request the time of the rotation. */
  readonly endMicros: Float64Array<ArrayBuffer>;
  /** Index into the routes of this and all earlier batches together, or ROUTE_UNKNOWN. */
  readonly route: Uint16Array<ArrayBuffer>;
  readonly status: Uint16Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
}

export interface RequestBatch extends RequestColumns {
  /** Entries in use; the columns may be longer. */
  readonly length: number;
  /** Route names met for the first time since the last batch, in order of their index. */
  readonly newRoutes: readonly string[];
  /** Of the requests that ended, the slowest that took long. */
  readonly slow: readonly SlowRequest[];
}

export function requestColumns(capacity: number): RequestColumns {
  return {
    slot: new Int32Array(capacity),
    startMicros: new Float64Array(capacity),
    endMicros: new Float64Array(capacity),
    route: new Uint16Array(capacity),
    status: new Uint16Array(capacity),
    flags: new Uint8Array(capacity),
  };
}

/** Of a busy server: worth to be used again rather than left to the garbage collectors of two threads. */
export function isLarge({ slot }: RequestColumns): boolean {
  return slot.length > FIRST_CAPACITY;
}

export function columnsOf({ slot, startMicros, endMicros, route, status, flags }: RequestBatch): RequestColumns {
  return { slot, startMicros, endMicros, route, status, flags };
}

/** The buffers of a batch, for `postMessage`'s transfer list. */
export function batchBuffers(batch: RequestColumns): ArrayBuffer[] {
  return [batch.slot, batch.startMicros, batch.endMicros, batch.route, batch.status, batch.flags].map(
    (column) => column.buffer,
  );
}
