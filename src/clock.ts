/**
 * The agent's clock: microseconds since the epoch, with the resolution of the monotonic clock and the date of the system clock. What it reads is bound
 * once: hosts replace `performance` and `Date`, some by what cannot tell the time.
 */

import { performance } from 'node:perf_hooks';

/** @returns milliseconds since the process started; they are never set back. */
export const monotonicMs: () => number = performance.now.bind(performance);
/** When the process started, in milliseconds since the epoch. */
export const PROCESS_START_MS: number = performance.timeOrigin;
/** @returns milliseconds since the epoch, by the system clock. */
const systemMs: () => number = Date.now;

let offsetMicros = PROCESS_START_MS * 1000;

/** @returns microseconds since the epoch. */
export function epochMicros(): number {
  return offsetMicros + monotonicMs() * 1000;
}

/**
 * Follows a system clock that was set or has drifted since the process started: the sampler stamps with the system clock.
 * Call at rotations only, so that the requests of one segment share one clock.
 * @param nowMs the system clock's.
 */
export function alignClock(nowMs: number = systemMs()): void {
  const driftMicros = nowMs * 1000 - epochMicros();
  // The system clock is truncated to a millisecond: within two, the finer clock is right.
  if (Math.abs(driftMicros) > 2000) offsetMicros += driftMicros;
}
