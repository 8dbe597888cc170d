/** Sends a fixed number of requests, a fixed number at a time, over kept-alive connections. */

import { Agent, request } from 'node:http';

export interface PlannedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws when an answer is not 2xx */
export async function sendTraffic(
  port: number,
  plan: readonly PlannedRequest[],
  requests: number,
  concurrency: number,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < requests) await send(agent, port, plan[next++ % plan.length] as PlannedRequest);
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  agent.destroy();
}

function send(agent: Agent, port: number, { method, path, body, headers = {} }: PlannedRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      response.resume().on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(new Error(`${method} ${path} answered ${statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
