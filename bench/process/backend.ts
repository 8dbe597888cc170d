/**
 * A backend for peers that send what they record: accepts everything, keeps nothing. Without one dd-trace holds up to 64 MB of
 * payloads for retries. It lives in the load generator's process, because a third process would have to share a core with
 * the server; a payload every two seconds costs the load generator about a millisecond.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';

/** What a Datadog agent answers: keep every trace. Other senders ignore the body. */
const ANSWER = JSON.stringify({ rate_by_service: { 'service:,env:': 1 } });

export interface Backend {
  readonly url: string;
  close(): void;
}

export async function startBackend(): Promise<Backend> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
    // A sender may be killed half-way.
    request.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the backend has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
