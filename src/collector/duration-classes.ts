/** The requests of a route that ended between two rotations, by how long they took: powers of two of microseconds. */

import { type EndedFigures, octaveSum } from '../request/figures-log.ts';

export interface DurationSum {
  readonly requests: number;
  /** Sum of their durations. */
  readonly micros: number;
}

/** @returns by exponent. */
export function durationClasses({ octaves, sumMicros }: EndedFigures): Map<number, DurationSum> {
  const sums = octaves.map((octave) => ({ exponent: octave.exponent, ...octaveSum(octave) }));
  const roundedMicros = sums.reduce((total, { micros }) => total + micros, 0);
  // The sum of all is known exactly.
  const factor = roundedMicros === 0 ? 0 : sumMicros / roundedMicros;
  return new Map(
    sums
      .filter(({ requests }) => requests > 0)
      .map(({ exponent, requests, micros }) => [exponent, { requests, micros: micros * factor }]),
  );
}

/** @returns the exponent of a request's class. */
export function durationExponent(micros: number): number {
  return Math.floor(Math.log2(Math.max(micros, 1)));
}
