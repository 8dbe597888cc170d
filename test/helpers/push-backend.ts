/** A server that profiles are pushed to: keeps what it gets, and answers as it is told. */

import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Pushed {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: Buffer;
}

/** `silent`: it takes the request and says nothing. */
export type BackendAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'silent';

export interface Backend {
  readonly url: string;
  readonly pushed: readonly Pushed[];
  /** What comes next is answered so. */
  answer: BackendAnswer;
  /** Resolves once it has got so many. */
  got(count: number): Promise<readonly Pushed[]>;
  close(): Promise<void>;
}

/** @param tls key and certificate of an https server. */
export async function startBackend({
  port = 0,
  tls,
}: {
  port?: number;
  tls?: { key: Buffer; cert: Buffer };
} = {}): Promise<Backend> {
  const pushed: Pushed[] = [];
  const waiting = new Set<() => void>();
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      pushed.push({ path: request.url ?? '', headers: request.headers, body });
      const { answer } = backend;
      if (answer !== 'silent') response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '{}');
      for (const look of waiting) look();
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const { port: chosen } = server.address() as AddressInfo;
  const backend: Backend = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${chosen}`,
    pushed,
    answer: { status: 200 },
    got: (count) =>
      new Promise((done) => {
        const look = (): void => {
          if (pushed.length < count) return;
          waiting.delete(look);
          done([...pushed]);
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return backend;
}
