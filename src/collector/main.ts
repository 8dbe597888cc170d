/** Entry of the collector thread. */

import { parentPort, workerData } from 'node:worker_threads';
import { Collector } from './collector.ts';
import { startListener } from './listener.ts';
import type { CollectorData, FromCollector, ToCollector } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('the collector runs in a worker thread');
const post = (message: FromCollector): void => port.postMessage(message);
const collector = new Collector(workerData as CollectorData, post);
port.on('message', (message: ToCollector) => collector.receive(message));
startListener(collector).then(
  (listening) => post({ type: 'ready', listening }),
  (error: unknown) => {
    post({ type: 'log', text: `listen: ${error instanceof Error ? error.message : String(error)}` });
    post({ type: 'ready', listening: null });
  },
);
