/** What happened to requests between two rotations, in columns; one entry per request that ended or is still open. */

/** Status of a request whose response has not ended, or that the client aborted before a status was sent. */
export const STATUS_NONE = 0;

/** The request was the first of its process. */
export const FLAG_FIRST = 1;
/** The client went away before the response ended. */
export const FLAG_ABORTED = 2;
/** The request is still open at this rotation; a later batch reports it again. */
export const FLAG_OPEN = 4;

export interface RequestBatch {
  readonly slot: readonly number[];
  /** Microseconds since the epoch. */
  readonly startMicros: readonly number[];
  /** Microseconds since the epoch; for an open request the time of the rotation. */
  readonly endMicros: readonly number[];
  /** Index into `routes` of this and all earlier batches together; -1 where an open request is not routed yet. */
  readonly route: readonly number[];
  readonly status: readonly number[];
  readonly flags: readonly number[];
  /** Route names met for the first time since the last batch, in order of their index. */
  readonly newRoutes: readonly string[];
}
