/** What traced requests waited for, between two rotations: columns whose buffers are transferred. Only requests that have ended. */

import type { FreshStacks } from './stack-table.ts';

export interface TraceBatch {
  /** One entry per traced request. */
  readonly requests: {
    readonly slot: Int32Array<ArrayBuffer>;
    readonly startMicros: Float64Array<ArrayBuffer>;
    readonly endMicros: Float64Array<ArrayBuffer>;
    /** Index into the routes of all batches. */
    readonly route: Uint16Array<ArrayBuffer>;
    readonly flags: Uint8Array<ArrayBuffer>;
    /** How many of the operations below are the request's; they stand in the order of the requests. */
    readonly operations: Int32Array<ArrayBuffer>;
  };
  readonly operations: {
    readonly startMicros: Float64Array<ArrayBuffer>;
    readonly endMicros: Float64Array<ArrayBuffer>;
    /** When the callback that ended it had run, 0 where that is not known. */
    readonly doneMicros: Float64Array<ArrayBuffer>;
    /** Index into the stacks of this and all earlier batches together. */
    readonly stack: Int32Array<ArrayBuffer>;
    /** The operation in whose callback it was started, counted from the request's first; -1 for none. */
    readonly parent: Int32Array<ArrayBuffer>;
  };
  readonly stacks: FreshStacks;
  /** Operations for which there was no room. */
  readonly dropped: number;
  /** Time on the thread that tracing took since the last batch. */
  readonly costMicros: number;
  /** Share of new requests that are traced from now on. */
  readonly share: number;
}

/** The buffers of a batch, for `postMessage`'s transfer list. */
export function traceBuffers({ requests, operations }: TraceBatch): ArrayBuffer[] {
  return [
    requests.slot,
    requests.startMicros,
    requests.endMicros,
    requests.route,
    requests.flags,
    requests.operations,
    operations.startMicros,
    operations.endMicros,
    operations.doneMicros,
    operations.stack,
    operations.parent,
  ].map((column) => column.buffer);
}
