/** The requests that a batch tells apart, one by one. */

import type { RequestBatch } from '../request/request-batch.ts';

export interface ReportedRequest {
  readonly slot: number;
  readonly startMicros: number;
  /** Of an open request, the time of the rotation. */
  readonly endMicros: number;
  /** Index into the routes of all batches, or ROUTE_UNKNOWN. */
  readonly route: number;
  readonly flags: number;
}

/** @returns them by row. */
export function reportedRequests({ rows }: RequestBatch): ReportedRequest[] {
  return Array.from(rows.slot, (slot, row) => ({
    slot,
    startMicros: rows.startMicros[row] as number,
    endMicros: rows.endMicros[row] as number,
    route: rows.route[row] as number,
    flags: rows.flags[row] as number,
  }));
}

/** Names a request of this process: slots are given to one after the other. */
export function requestKey(slot: number, startMicros: number): string {
  return `${slot}:${startMicros}`;
}
