/** The extra address of `listen`, served from the collector thread: it answers even while the host's thread is busy. */

import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessRules } from '../api/access.ts';
import { BodyCollector, Gate } from '../api/gate.ts';
import type { ListenAddress } from '../config/options.ts';
import type { Collector } from './collector.ts';

/**
 * Starts listening where `listen` says. A unix socket is readable by the process's user only, and so needs no further rule.
 * @returns the UI's address there, null where `listen` is unset or cannot be used, which is reported.
 */
export async function startListener(collector: Collector): Promise<string | null> {
  const { listen, path, access, token } = collector.options;
  if (listen === undefined || access === 'off') return null;
  const rules =
    'socketPath' in listen && access === 'local' ? new AccessRules('open', undefined) : new AccessRules(access, token);
  const gate = new Gate({ path, token, rules });
  const server = createServer((request, response) => {
    serve(collector, gate, request, response).catch(() => response.destroy());
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(
        'socketPath' in listen ? { path: freeSocket(listen.socketPath) } : { host: listen.host, port: listen.port },
        resolve,
      );
    });
    if ('socketPath' in listen) chmodSync(listen.socketPath, 0o600);
  } catch (error) {
    server.close();
    const wanted = 'socketPath' in listen ? listen.socketPath : `${listen.host}:${listen.port}`;
    collector.reportProblem(
      `listen = ${wanted} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
  // A connection that cannot be accepted, such as for want of descriptors, must not end the thread.
  server.on('error', () => {});
  server.unref();
  return addressOf(listen, server.address(), path);
}

async function serve(
  collector: Collector,
  gate: Gate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  const { remoteAddress } = request.socket;
  const passage = gate.isOurs(url)
    ? gate.judge({ method: request.method ?? 'GET', url, headers: request.headers, remoteAddress, secure: false })
    : { kind: 'pass' as const };
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
  const answer = await collector.handle(
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

/** A socket file left by a killed process would be in the way; nothing else is removed. */
function freeSocket(socketPath: string): string {
  if (lstatSync(socketPath, { throwIfNoEntry: false })?.isSocket()) rmSync(socketPath);
  return socketPath;
}

function addressOf(listen: ListenAddress, address: AddressInfo | string | null, path: string): string {
  if ('socketPath' in listen || address === null || typeof address === 'string')
    return `unix:${String(address)}${path}`;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}${path}`;
}
