/** Talks HTTP/2 to a test server, in clear text or over TLS with whatever certificate it has. */

import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import type { TestServer } from './server.ts';

export interface Http2TestServer extends TestServer {
  /** One connection, which all requests share. */
  readonly session: ClientHttp2Session;
}

/** @returns the same server, whose `get` and `api` go through one HTTP/2 connection; `stop` closes it first. */
export async function overHttp2(server: TestServer, scheme: 'http' | 'https' = 'http'): Promise<Http2TestServer> {
  const url = `${scheme}://127.0.0.1:${server.port}`;
  const session = connect(url, { rejectUnauthorized: false });
  await once(session, 'connect');
  const get = (path: string, init: RequestInit = {}): Promise<Response> => send(session, path, init);
  return {
    ...server,
    url,
    session,
    get,
    async api(path) {
      const response = await get(`/__profile__/api/v1/${path}`, { headers: { accept: 'application/json' } });
      const body = await response.text();
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${body}`);
      return JSON.parse(body);
    },
    stop() {
      session.destroy();
      return server.stop();
    },
  };
}

async function send(
  session: ClientHttp2Session,
  path: string,
  { method = 'GET', headers, body }: RequestInit,
): Promise<Response> {
  const given = Object.fromEntries(new Headers(headers)) as OutgoingHttpHeaders;
  const stream = session.request({ ...given, ':path': path, ':method': method }, { endStream: false });
  stream.end(typeof body === 'string' ? body : undefined);
  const answered = once(stream, 'response');
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [answer] = (await answered) as [Record<string, string | string[]>];
  if (!stream.closed) await once(stream, 'close');
  const status = Number(answer[constants.HTTP2_HEADER_STATUS]);
  const fields = Object.entries(answer).filter(([name]) => !name.startsWith(':'));
  const isEmpty = status === 204 || status === 304 || method === 'HEAD';
  return new Response(isEmpty ? null : Buffer.concat(chunks), {
    status,
    headers: fields.map(([name, value]) => [name, String(value)]),
  });
}
