/** Follows all streams of a class as they are read: from the first listener for data, which pipes and iterators add as well, to the last byte. */

import type { Readable } from 'node:stream';
import type { Guard } from '../host/guard.ts';
import { whenListenedTo } from '../request/when-listened-to.ts';
import { endsWithCallbacks, followToEnd, isReading, readBy } from './follow-body.ts';
import type { WaitTracer } from './tracer.ts';

export interface FollowedStreams<Stream> {
  /** Of the guard. */
  readonly feature: string;
  /** Whether there is anything left to wait for. */
  mayWait(stream: Stream): boolean;
  labelOf(stream: Stream): string;
}

/** @param prototype of the class. @returns what ends that. */
export function followStreams<Stream extends Readable>(
  prototype: Stream,
  { feature, mayWait, labelOf }: FollowedStreams<Stream>,
  tracer: WaitTracer,
  guard: Guard,
): () => void {
  const followed = new WeakSet<Stream>();
  const ends = endsWithCallbacks(tracer);
  return whenListenedTo(prototype, (stream, event, method) => {
    if (!isReading(event) || !tracer.isTracing) return;
    guard.run(feature, () => {
      if (followed.has(stream) || !mayWait(stream)) return;
      const operation = tracer.begin(
        method,
        readBy(() => labelOf(stream)),
      );
      if (!operation) return;
      followed.add(stream);
      followToEnd(stream, operation, ends);
    });
  });
}
