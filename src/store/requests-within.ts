/** The slow requests of a window of time: those that were open in it. */

import type { RequestTimeline } from '../profile/kept-request.ts';

/** @param from and `to` in milliseconds since the epoch. */
export function requestsWithin(
  requests: readonly RequestTimeline[],
  from: number = 0,
  to: number = Number.POSITIVE_INFINITY,
): readonly RequestTimeline[] {
  return requests.filter(({ startedAt, durationMs }) => startedAt + durationMs > from && startedAt < to);
}
