/** Shares the time of a request among the operations it waits for: where k of them run at the same time, each gets one k-th of it. */

export interface Interval {
  readonly startMicros: number;
  readonly endMicros: number;
}

/** A sample of the same request: time in which it ran and did not wait. */
export interface OnThread {
  readonly timeMicros: number;
  readonly wallNs: number;
}

/**
 * @param within the request; what lies outside of it is nobody's.
 * @param onThread is taken off the operations that ran at the time; a sample stands for more than the moment it was taken in, so that a
 *   single share may be negative where the sum over requests is right.
 * @returns nanoseconds per operation.
 */
export function shareWaits(
  operations: readonly Interval[],
  within: Interval,
  onThread: readonly OnThread[] = [],
): Float64Array {
  const clipped = operations.map(({ startMicros, endMicros }) => ({
    startMicros: Math.max(startMicros, within.startMicros),
    endMicros: Math.min(endMicros, within.endMicros),
  }));
  const edges = clipped
    .flatMap(({ startMicros, endMicros }, index) =>
      endMicros > startMicros
        ? [
            { atMicros: startMicros, index, step: 1 },
            { atMicros: endMicros, index, step: -1 },
          ]
        : [],
    )
    .sort((a, b) => a.atMicros - b.atMicros);
  const shares = new Float64Array(operations.length);
  let running = 0;
  let lastMicros = 0;
  /** What an operation would have got that ran all the time. */
  let eachMicros = 0;
  for (const { atMicros, index, step } of edges) {
    if (running > 0) eachMicros += (atMicros - lastMicros) / running;
    lastMicros = atMicros;
    running += step;
    shares[index] = (shares[index] as number) - step * eachMicros;
  }
  for (let index = 0; index < shares.length; index++) shares[index] = (shares[index] as number) * 1000;
  for (const { timeMicros, wallNs } of onThread) {
    const met = clipped.flatMap(({ startMicros, endMicros }, index) =>
      startMicros <= timeMicros && timeMicros < endMicros ? [index] : [],
    );
    for (const index of met) shares[index] = (shares[index] as number) - wallNs / met.length;
  }
  return shares;
}
