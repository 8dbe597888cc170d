/**
 * Learns which functions are the callbacks of operations: what a request runs between the end of an operation and the return of its
 * callback is that callback, and stands below the function that started the operation.
 */

import type { Stitcher } from './stitcher.ts';
import { stackOf, type Timeline } from './timeline.ts';
import { callersOfCallback, type TraceStacks } from './trace-stacks.ts';
import type { TracedRequest } from './traced-requests.ts';

export interface CallbackLearning {
  readonly timeline: Timeline;
  readonly stacks: TraceStacks;
  readonly stitcher: Stitcher;
}

/** @param route of the request. */
export function learnCallbacks(
  { slot, startMicros, operations }: TracedRequest,
  route: string,
  { timeline, stacks, stitcher }: CallbackLearning,
): void {
  for (const { endMicros, doneMicros, stack: index } of operations) {
    const stack = doneMicros > endMicros ? stacks.get(index) : undefined;
    if (!stack) continue;
    for (const sample of timeline.between(endMicros, doneMicros)) {
      if (sample.slot !== slot || sample.requestMicros !== startMicros) continue;
      const callback = stackOf(sample).find(({ category }) => category === 'app' || category === 'package');
      if (!callback) continue;
      const callers = callersOfCallback(stack.functions, callback);
      stitcher.learn(route, [...callers, callback], stack.isRooted, 1);
    }
  }
}
