/** serverUrl: where a listening server's page is. */

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { serverUrl } from '../../../src/host/server-url.ts';

const PATH = '/__profile__';

/** The URL of a server while it listens, its port replaced by PORT. */
async function urlOf(server: Server, ...listen: readonly unknown[]): Promise<string> {
  server.listen(...(listen as [number]));
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return String(serverUrl(server, PATH, 'local')).replace(`:${port}`, ':PORT');
  } finally {
    server.close();
  }
}

test('a server on all addresses is at localhost', async () => {
  assert.equal(await urlOf(createServer(), 0), `http://localhost:PORT${PATH}`);
  assert.equal(await urlOf(createServer(), 0, '0.0.0.0'), `http://localhost:PORT${PATH}`);
});

test('a server on one address is there, in brackets if need be', async () => {
  assert.equal(await urlOf(createServer(), 0, '127.0.0.1'), `http://127.0.0.1:PORT${PATH}`);
  assert.equal(await urlOf(createServer(), 0, '::1'), `http://[::1]:PORT${PATH}`);
});

test('TLS servers are https, of either HTTP version', async () => {
  assert.equal(await urlOf(createSecure(), 0), `https://localhost:PORT${PATH}`);
  assert.equal(await urlOf(createSecureServer(), 0), `https://localhost:PORT${PATH}`);
  assert.equal(await urlOf(createHttp2Server(), 0), `http://localhost:PORT${PATH}`);
});

test('a unix socket is named, with what it takes to get in', async () => {
  const socket = join(tmpdir(), `profiler-test-${process.pid}.sock`);
  assert.equal(
    await urlOf(createServer(), socket),
    `unix:${socket}${PATH} (needs access = token or open: a unix socket is not local)`,
  );
});

test('what has no address has no URL', () => {
  assert.equal(serverUrl(createServer(), PATH, 'local'), null);
  assert.equal(serverUrl(new EventEmitter(), PATH, 'local'), null);
});
