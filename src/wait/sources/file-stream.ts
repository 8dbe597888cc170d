/**
 * Files that are read as streams: from the first listener for data, which pipes and iterators add as well, to the last byte. Their opens and reads are started
 * by ticks of Node.js, which nobody's stack is above.
 */

import { ReadStream } from 'node:fs';
import type { Guard } from '../../host/guard.ts';
import { whenListenedTo } from '../../request/when-listened-to.ts';
import { endsWithCallbacks, followToEnd, isReading, readBy } from '../follow-body.ts';
import type { WaitTracer } from '../tracer.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of file streams';

export const fileStreamSource: WaitSource = { name: 'file streams', follow };

function follow(tracer: WaitTracer, guard: Guard): () => void {
  const followed = new WeakSet<ReadStream>();
  const ends = endsWithCallbacks(tracer);
  const describe = readBy(() => 'fs.createReadStream');
  return whenListenedTo(ReadStream.prototype, (stream, event, method) => {
    if (!isReading(event) || !tracer.isTracing) return;
    guard.run(FEATURE, () => {
      if (followed.has(stream) || stream.readableEnded || stream.destroyed) return;
      const operation = tracer.begin(method, describe);
      if (!operation) return;
      followed.add(stream);
      followToEnd(stream, operation, ends);
    });
  });
}
