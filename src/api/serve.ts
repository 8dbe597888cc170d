/** Answers requests to a server that is all ours: `listen`, and `profiler view`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { arrivalOf, BodyCollector, type Gate } from './gate.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

/** @param handle answers what the gate lets through. */
export async function serveApi(
  handle: (request: ApiRequest, signal: AbortSignal) => Promise<ApiResponse>,
  gate: Gate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const passage = gate.isOurs(request.url ?? '/') ? gate.judge(arrivalOf(request)) : { kind: 'pass' as const };
  if (passage.kind === 'pass') {
    response.writeHead(404, { 'content-type': 'text/plain', connection: 'close' }).end('not found\n');
    return;
  }
  if (passage.kind === 'redirect') {
    response
      .writeHead(303, {
        location: passage.location,
        connection: 'close',
        ...(passage.cookie ? { 'set-cookie': passage.cookie } : {}),
      })
      .end();
    return;
  }
  const body = new BodyCollector();
  for await (const chunk of request) body.add(chunk as Buffer);
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  const answer = await handle(
    {
      method: passage.method,
      path: passage.path,
      query: passage.query,
      headers: passage.headers,
      body: body.toString(),
    },
    abort.signal,
  );
  response.writeHead(answer.status, { ...answer.headers, connection: 'close' }).end(answer.body);
}
