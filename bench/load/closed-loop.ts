/**
 * Load for CPU per request: every connection sends its next request as soon as the last one is answered, so the server never
 * idles. At saturation each turn of its event loop serves the same number of sockets whatever the variant; below it an idle
 * server wakes up more often per request, which hides a variant's cost. Own code because the number of requests must be exact:
 * every variant does the same work, and nothing but the server's own CPU clock (utime + stime) is read. wrk only takes a
 * duration; autocannon would do, but needs about as much CPU per request as the Fastify server it is to saturate.
 *
 * The generator never sleeps. Else the server's writes would wake it, the more often the slower the server is, and sending an interrupt to
 * another core is on the server's clock: 2 of 22 us under bare Node.js, up to 3.4 under the agent. Clients on other machines cost no such thing.
 */

import { performance } from 'node:perf_hooks';
import type { Connection } from './connection.ts';
import { withConnections } from './connection-pool.ts';

const CONNECTIONS = 32;

export interface ClosedLoopResult {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * @param requests encoded requests, used in turn
 * @param enough asked before each request with the number already sent
 */
export function runClosedLoop(
  port: number,
  requests: readonly Buffer[],
  enough: (sent: number) => boolean,
): Promise<ClosedLoopResult> {
  const fallAsleep = stayAwake();
  return withConnections<ClosedLoopResult>(port, CONNECTIONS, (connections, done) => {
    const start = performance.now();
    let sent = 0;
    let busy = connections.length;
    const sendNext = (connection: Connection): void => {
      const request = requests[sent % requests.length];
      if (request === undefined || enough(sent)) {
        busy--;
        if (busy === 0) done({ requests: sent, seconds: (performance.now() - start) / 1000 });
        return;
      }
      sent++;
      connection.send(request, () => sendNext(connection));
    };
    for (const connection of connections) sendNext(connection);
  }).finally(fallAsleep);
}

/** Has the event loop ask for news instead of waiting for them. @returns what ends that */
function stayAwake(): () => void {
  let isAwake = true;
  const lookAgain = (): void => {
    if (isAwake) setImmediate(lookAgain);
  };
  lookAgain();
  return () => {
    isAwake = false;
  };
}
