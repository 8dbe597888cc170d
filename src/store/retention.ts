/** Which segments of an app have to go: those that are too old, then the oldest until the rest fits. Pure. */

import type { Retention } from '../config/options.ts';

export interface KeptFile {
  readonly path: string;
  /** The end of what is recorded in it, milliseconds since the epoch. */
  readonly to: number;
  readonly bytes: number;
}

/** Of a server that is started again and again without end: every file costs a little whenever somebody looks. */
const MAX_FILES = 20_000;
/** Room for what is written until the next time somebody looks. */
const FILLED_TO = 0.9;

/** @param isClockSteady false while nobody knows how old anything is. */
export function expiredFiles<File extends KeptFile>(
  kept: readonly File[],
  { ageMs, bytes }: Retention,
  now: number,
  isClockSteady: boolean,
): File[] {
  const oldestFirst = kept.toSorted((a, b) => a.to - b.to);
  let count = oldestFirst.length;
  let total = oldestFirst.reduce((sum, file) => sum + file.bytes, 0);
  const target = bytes * FILLED_TO;
  return oldestFirst.filter((file) => {
    const isExpired = (isClockSteady && now - file.to > ageMs) || total > target || count > MAX_FILES;
    if (isExpired) {
      total -= file.bytes;
      count--;
    }
    return isExpired;
  });
}

/** After the system clock was set nothing is deleted for its age until it has run evenly for so long. */
const STEADY_MS = 10 * 60_000;
/** A difference between the clocks that is no drift. */
const JUMP_MS = 60_000;

/** Notices that the system clock was set. */
export class ClockWatch {
  #offsetMs = Date.now() - performance.now();
  #jumpedAt = Number.NEGATIVE_INFINITY;

  isSteady(): boolean {
    const offsetMs = Date.now() - performance.now();
    if (Math.abs(offsetMs - this.#offsetMs) > JUMP_MS) this.#jumpedAt = performance.now();
    this.#offsetMs = offsetMs;
    return performance.now() - this.#jumpedAt > STEADY_MS;
  }
}
