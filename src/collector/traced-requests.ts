/** The traced requests of a batch, one by one, with each operation's stack below those of the callbacks that it was started in. */

import type { TraceBatch } from '../wait/trace-batch.ts';
import type { Interval } from './share-waits.ts';
import type { TraceStacks } from './trace-stacks.ts';

export interface TracedOperation extends Interval {
  /** When the callback that ended it had run, 0 where that is not known. */
  readonly doneMicros: number;
  /** Index for `TraceStacks.get`. */
  readonly stack: number;
}

export interface TracedRequest extends Interval {
  readonly slot: number;
  readonly flags: number;
  /** Index into the routes of all batches. */
  readonly route: number;
  readonly operations: readonly TracedOperation[];
}

export function tracedRequests({ requests, operations }: TraceBatch, stacks: TraceStacks): TracedRequest[] {
  let next = 0;
  return Array.from(requests.slot, (slot, at) => {
    const found: TracedOperation[] = [];
    for (let left = requests.operations[at] as number; left > 0; left--, next++) {
      const own = operations.stack[next] as number;
      const parent = found[operations.parent[next] as number];
      found.push({
        startMicros: operations.startMicros[next] as number,
        endMicros: operations.endMicros[next] as number,
        doneMicros: operations.doneMicros[next] as number,
        stack: parent ? stacks.below(own, parent.stack) : own,
      });
    }
    return {
      slot,
      startMicros: requests.startMicros[at] as number,
      endMicros: requests.endMicros[at] as number,
      flags: requests.flags[at] as number,
      route: requests.route[at] as number,
      operations: found,
    };
  });
}
