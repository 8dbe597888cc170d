/** The agent's clock: microseconds since the epoch, with the resolution of the monotonic clock and the date of the system clock. */

import { performance } from 'node:perf_hooks';

/** Bound once: the global is a getter, which the host may replace, too. */
const monotonicMs: () => number = performance.now.bind(performance);

let offsetMicros = performance.timeOrigin * 1000;

/** @returns microseconds since the epoch. */
export function epochMicros(): number {
  return offsetMicros + monotonicMs() * 1000;
}

/**
 * Follows a system clock that was set or has drifted since the process started: the sampler stamps with the system clock.
 * Call at rotations only, so that the requests of one segment share one clock.
 */
export function alignClock(): void {
  const driftMicros = Date.now() * 1000 - epochMicros();
  // Date.now() is truncated to a millisecond: within two, the finer clock is right.
  if (Math.abs(driftMicros) > 2000) offsetMicros += driftMicros;
}
