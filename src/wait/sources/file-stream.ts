/**
 * Files that are read as streams. Their opens and reads are started by ticks of Node.js, which nobody's stack is above, so the hooks of core have nothing to go by.
 */

import { ReadStream } from 'node:fs';
import { followStreams } from '../follow-streams.ts';
import type { WaitSource } from './contract.ts';

export const fileStreamSource: WaitSource = {
  name: 'file streams',
  follow: (tracer, guard) =>
    followStreams(
      ReadStream.prototype,
      {
        feature: 'waits of file streams',
        mayWait: (stream) => !stream.readableEnded && !stream.destroyed,
        labelOf: () => 'fs.createReadStream',
      },
      tracer,
      guard,
    ),
};
