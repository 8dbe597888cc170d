/** Who held up a traced request: functions that ran while it could have gone on. */

import type { FunctionInfo } from '../profile/profile.ts';
import type { Blocker } from '../store/blockers.ts';
import { OWN_FUNCTION } from './attribute.ts';
import { heldUp } from './held-up.ts';
import { isOwnWork, stackOf, type Timeline, type TimelineSample } from './timeline.ts';
import type { TracedRequest } from './traced-requests.ts';

export interface BlockerSources {
  readonly timeline: Timeline;
  readonly intervalMs: number;
  /** The route whose request a sample is of. */
  readonly ownerOf: (sample: TimelineSample) => string;
}

/** @returns one entry per sample. */
export function blockersOf(request: TracedRequest, { timeline, intervalMs, ownerOf }: BlockerSources): Blocker[] {
  const { slot, startMicros, endMicros, operations } = request;
  const samples = timeline.between(startMicros, endMicros);
  // It tells whether the thread was busy up to the end.
  const next = timeline.next(endMicros);
  if (next) samples.push(next);
  const isOwn = (sample: TimelineSample): boolean => sample.slot === slot && sample.requestMicros === startMicros;
  return heldUp(request, operations, samples, isOwn, intervalMs * 1000).flatMap(({ sample, ns }) => {
    const info = isOwnWork(sample) ? OWN_FUNCTION : holderOf(stackOf(sample));
    return info ? [{ route: ownerOf(sample), info, ns, samples: 1 }] : [];
  });
}

/** @returns the function to be looked at: the innermost of the application, else of a package. */
function holderOf(stack: readonly FunctionInfo[]): FunctionInfo | undefined {
  const innermost = (wanted: string): FunctionInfo | undefined => stack.findLast(({ category }) => category === wanted);
  return innermost('app') ?? innermost('package') ?? stack.at(-1);
}
