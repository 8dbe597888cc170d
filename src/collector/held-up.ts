/**
 * Finds what held the thread while one request could have gone on: what ran for others right up to the moment in which a wait ended, for
 * until then the request could not be told, and what ran for others while it waited for nothing that is known. An upper bound: of an
 * operation that ended by itself in the middle of such a stretch, only the rest was delay.
 */

import type { Interval } from './share-waits.ts';
import { firstAfter, type TimelineSample } from './timeline.ts';

/**
 * @param samples of all requests while this one was open and the first after it, in order of time.
 * @param isOwn whether a sample is the request's.
 * @param intervalMicros between samples: what ran up to an event was sampled at most so long before it.
 * @returns each sample that held the request up, and for how long.
 */
export function heldUp(
  within: Interval,
  operations: readonly Interval[],
  samples: readonly TimelineSample[],
  isOwn: (sample: TimelineSample) => boolean,
  intervalMicros: number,
): { readonly sample: TimelineSample; readonly ns: number }[] {
  const held = new Set<number>();
  const startOf = (sample: TimelineSample): number => sample.timeMicros - sample.wallNs / 1000;
  for (const operation of operations) {
    const endMicros = Math.min(operation.endMicros, within.endMicros);
    // From the end of the wait back, as long as others ran without a pause.
    const next = firstAfter(samples, (timeMicros) => timeMicros > endMicros);
    let beforeMicros = endMicros;
    // What the next sample stands for began with the last one: the thread was not idle between them.
    const following = samples[next];
    if (following) beforeMicros = Math.min(beforeMicros, startOf(following));
    for (let at = next - 1; at >= 0; at--) {
      const sample = samples[at] as TimelineSample;
      if (isOwn(sample) || beforeMicros - sample.timeMicros > intervalMicros) break;
      if (sample.timeMicros <= operation.startMicros) break;
      held.add(at);
      beforeMicros = startOf(sample);
    }
  }
  const waiting = union(operations);
  let wait = 0;
  for (const [at, sample] of samples.entries()) {
    while (wait < waiting.length && (waiting[wait] as Interval).endMicros < sample.timeMicros) wait++;
    const isWaiting = (waiting[wait]?.startMicros ?? Number.POSITIVE_INFINITY) < sample.timeMicros;
    if (!isWaiting && !isOwn(sample) && startOf(sample) < within.endMicros) held.add(at);
  }
  return [...held].map((at) => {
    const sample = samples[at] as TimelineSample;
    const micros = Math.min(sample.timeMicros, within.endMicros) - Math.max(startOf(sample), within.startMicros);
    return { sample, ns: Math.max(0, micros) * 1000 };
  });
}

/** @returns the stretches in which at least one interval runs, in order. */
function union(intervals: readonly Interval[]): Interval[] {
  const stretches: { startMicros: number; endMicros: number }[] = [];
  for (const { startMicros, endMicros } of intervals.toSorted((a, b) => a.startMicros - b.startMicros)) {
    const last = stretches.at(-1);
    if (last && startMicros <= last.endMicros) last.endMicros = Math.max(last.endMicros, endMicros);
    else stretches.push({ startMicros, endMicros });
  }
  return stretches;
}
