/** Entry of the collector thread. */

import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { startNamePool } from '../push/start-pusher.ts';
import { Collector } from './collector.ts';
import { startListener } from './listener.ts';
import type { CollectorData, FromCollector, ToCollector } from './protocol.ts';

/** Where the host has one core it must not wait until we have taken in a segment. */
const NICENESS = 10;

const port = parentPort;
if (!port) throw new Error('the collector runs in a worker thread');
const post = (message: FromCollector): void => port.postMessage(message);
const collector = new Collector(workerData as CollectorData, post);
// It would end the thread, and with it all that was recorded; the process here is the thread's own.
process.on('unhandledRejection', (reason) => collector.reportProblem(`a fault of the profiler: ${String(reason)}`));
port.on('message', (message: ToCollector) => collector.receive(message));
startNamePool(collector.options)
  .then(() => startListener(collector, { onLate: (listening) => post({ type: 'ready', listening }) }))
  .then((listening) => post({ type: 'ready', listening }))
  .finally(yieldToHost);

/**
 * A thread inherits the priority of the one that starts it, and libuv starts its pool, which is the host's, when somebody first needs it:
 * from now on that must not be us. Looking up a name to listen on does, reading files and compressing at once do not.
 */
function yieldToHost(): void {
  // Elsewhere a priority is a process's, not a thread's.
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // A sandbox may forbid it. We work all the same.
  }
}
