/** The address of `listen`: only the page, under the same rules, and never in the way. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startListener } from '../../../src/collector/listener.ts';
import { TestHost } from './test-host.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiler-listener-'));
});
after(() => rm(folder, { recursive: true }));

async function start(env: Readonly<Record<string, string>>): Promise<{ host: TestHost; address: string | null }> {
  const host = new TestHost(env);
  return { host, address: await startListener(host.collector, { onLate: () => {} }) };
}

/** @param socket path of a unix socket. */
function getOverSocket(socket: string, path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socket, path, headers: { host: 'anything' } }, async (response) =>
      resolve({ status: response.statusCode, body: await text(response) }),
    )
      .on('error', reject)
      .end();
  });
}

test('without the option nothing listens, nor where nobody may see the page', async () => {
  assert.equal((await start({})).address, null);
  assert.equal((await start({ PROFILER_LISTEN: '127.0.0.1:0', PROFILER_ACCESS: 'off' })).address, null);
});

test('a TCP address serves the page and nothing else', async () => {
  const { address } = await start({ PROFILER_LISTEN: '127.0.0.1:0' });
  assert.match(address ?? '', /^http:\/\/127\.0\.0\.1:\d+\/__profile__$/);
  const page = await fetch(`${address}/stats`);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('connection'), 'close');
  assert.match(await page.text(), /Ordered by/);
  for (const path of ['/', '/stats', '/__profile__x'])
    assert.equal((await fetch(new URL(path, address ?? ''))).status, 404);
});

test('the rules are those of the application’s port', async () => {
  const { address } = await start({ PROFILER_LISTEN: '127.0.0.1:0' });
  assert.equal((await fetch(`${address}/stats`, { headers: { 'x-forwarded-for': '8.8.8.8' } })).status, 404);
  const guarded = await start({ PROFILER_LISTEN: '127.0.0.1:0', PROFILER_TOKEN: 'secret' });
  assert.equal((await fetch(`${guarded.address}/stats`)).status, 404);
  assert.equal((await fetch(`${guarded.address}/stats`, { headers: { authorization: 'Bearer secret' } })).status, 200);
  const redirect = await fetch(`${guarded.address}/stats?token=secret`, { redirect: 'manual' });
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [303, './stats']);
});

test('actions work there too', async () => {
  const { host, address } = await start({ PROFILER_LISTEN: '127.0.0.1:0' });
  const post = (body: string): Promise<Response> =>
    fetch(`${address}/api/v1/recording`, { method: 'POST', headers: { 'x-profiler': '1' }, body });
  assert.equal((await post('{"on": false}')).status, 200);
  assert.equal(host.recording, false);
  assert.equal((await post('x'.repeat(100_000))).status, 413);
});

test('a unix socket is for the process’s own user, who needs no token', async () => {
  const socket = join(folder, 'page.sock');
  const { address } = await start({ PROFILER_LISTEN: socket });
  assert.equal(address, `unix:${socket}/__profile__`);
  assert.equal((await stat(socket)).mode & 0o777, 0o600);
  assert.equal((await getOverSocket(socket, '/__profile__/stats')).status, 200);
});

test('a socket that a killed process left is replaced; any other file is left alone, and said', async () => {
  const socket = join(folder, 'stale.sock');
  await start({ PROFILER_LISTEN: socket });
  assert.equal((await start({ PROFILER_LISTEN: socket })).address, `unix:${socket}/__profile__`);
  const file = join(folder, 'file.sock');
  await writeFile(file, 'mine');
  const { host, address } = await start({ PROFILER_LISTEN: file });
  assert.equal(address, null);
  assert.match(host.log[0] ?? '', /file\.sock cannot be used/);
  assert.equal((await stat(file)).size, 4);
});

test('a port that is taken is said, and used when it is free; the collector goes on', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => taken.once('listening', listening));
  const { port } = taken.address() as { port: number };
  try {
    const host = new TestHost({ PROFILER_LISTEN: `127.0.0.1:${port}` });
    let started: ReturnType<typeof startListener> | undefined;
    const late = new Promise<string>((onLate) => {
      started = startListener(host.collector, { onLate, retryMs: 10 });
    });
    assert.equal(await started, null);
    assert.match(
      host.log[0] ?? '',
      new RegExp(`127\\.0\\.0\\.1:${port} cannot be used until it is free: .*EADDRINUSE`),
    );
    assert.equal((await host.ask('GET stats')).status, 200);
    assert.equal(host.collector.status().problems.length, 1);
    await sleep(50);
    taken.close();
    // Unlike the timer this keeps the test's process alive.
    const alive = setInterval(() => {}, 1000);
    const found = await late;
    clearInterval(alive);
    assert.equal(found, `http://127.0.0.1:${port}/__profile__`);
    assert.equal((await fetch(`${found}/stats`)).status, 200);
    assert.deepEqual([host.log.length, host.collector.status().problems], [1, []]);
  } finally {
    taken.close();
  }
});
