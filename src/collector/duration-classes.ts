/** The requests of a route that ended between two rotations, by how long they took: powers of two of microseconds. */

import { durationsOf, type EndedFigures } from '../request/figures-log.ts';

export interface DurationSum {
  readonly requests: number;
  /** Sum of their durations. */
  readonly micros: number;
}

/** @returns by exponent. */
export function durationClasses({ octaves, sumMicros }: EndedFigures): Map<number, DurationSum> {
  const classes = new Map<number, DurationSum>();
  let roundedMicros = 0;
  for (const octave of octaves) {
    let requests = 0;
    let micros = 0;
    for (const { micros: each, count } of durationsOf([octave])) {
      requests += count;
      micros += each * count;
    }
    if (requests === 0) continue;
    classes.set(octave.exponent, { requests, micros });
    roundedMicros += micros;
  }
  // The sum of all is known exactly.
  const factor = roundedMicros === 0 ? 0 : sumMicros / roundedMicros;
  return new Map(
    [...classes].map(([exponent, { requests, micros }]) => [exponent, { requests, micros: micros * factor }]),
  );
}

/** @returns the exponent of a request's class. */
export function durationExponent(micros: number): number {
  return Math.floor(Math.log2(Math.max(micros, 1)));
}
