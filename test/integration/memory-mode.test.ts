/** The option `heap`: what is in use by call site, at any time, and that it stays out of the way where it is off. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiError, MemoryAnswer } from '../../src/api/types.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const COUNTED = 'test/fixtures/host/counted.cjs';

async function withServer(heap: boolean, use: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startServer(COUNTED, { env: { PROFILER_HEAP: String(heap) } });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

async function errorOf(server: TestServer, path: string, init?: RequestInit): Promise<readonly [number, string]> {
  const answer = await server.get(`/__profile__/${path}`, init);
  return [answer.status, ((await answer.json()) as ApiError).error];
}

test('finds what a leak holds, at the function that allocated it, and not what was dropped', async () => {
  await withServer(true, async (server) => {
    for (let at = 0; at < 60; at++) {
      await server.get('/leak/1');
      await server.get('/waste/2');
    }
    const { functions, nodes, since, intervalBytes } = (await server.api('memory')) as MemoryAnswer;
    const [first] = functions;
    assert.equal(first?.name, 'leak');
    const megabytes = (first?.inUseBytes ?? 0) / 2 ** 20;
    assert.ok(megabytes > 40 && megabytes < 80, `${megabytes} MB of 60`);
    const waste = functions.find(({ name }) => name === 'waste');
    assert.ok((waste?.inUseBytes ?? 0) < 0.3 * (first?.inUseBytes ?? 0), `${waste?.inUseBytes} bytes of garbage`);
    assert.equal(intervalBytes, 512 * 1024);
    assert.ok(since <= Date.now() && since > Date.now() - 600_000);
    // The tree has the same sums as the list.
    let inTree = 0;
    for (const [node, index] of nodes.function.entries())
      if (functions[index]?.name === 'leak') inTree += nodes.self.inUseBytes[node] ?? 0;
    assert.equal(inTree, first?.inUseBytes);
    assert.ok(nodes.parent.every((parent, node) => parent < node));
  });
});

test('debug/pprof/heap answers at once with what is in use, gzipped, as api/v1/memory?format=pprof does', async () => {
  await withServer(true, async (server) => {
    await server.get('/leak/8');
    for (const path of ['debug/pprof/heap', 'api/v1/memory?format=pprof']) {
      const answer = await server.get(`/__profile__/${path}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      assert.deepEqual([answer.status, bytes[0], bytes[1]], [200, 0x1f, 0x8b], path);
    }
  });
});

test('a capture of the heap is refused while V8 samples for us already; captures of lines are not', async () => {
  await withServer(true, async (server) => {
    const headers = { 'x-profiler': '1' };
    const start = (kind: string): Promise<Response> =>
      server.get('/__profile__/api/v1/captures', {
        method: 'POST',
        headers,
        body: JSON.stringify({ kind, seconds: 1 }),
      });
    const refused = await start('heap');
    assert.equal(refused.status, 409);
    assert.match(((await refused.json()) as ApiError).error, /option heap/);
    assert.equal((await start('lines')).status, 202);
  });
});

test('memory is a metric of the text table and of every format that can hold it', async () => {
  await withServer(true, async (server) => {
    for (let at = 0; at < 40; at++) await server.get('/leak/1');
    const exported = async (format: string): Promise<string> => {
      const answer = await server.get(`/__profile__/api/v1/export?format=${format}&metric=inuse`);
      assert.equal(answer.status, 200, format);
      return answer.text();
    };
    const table = await (await server.get('/__profile__/stats?metric=inuse')).text();
    assert.match(table, /^memory in use\n/);
    const [, self = ''] = /\n +\d+ +([\d.]+) MB +[\d.]+ MB \S+\(leak\)\n/.exec(table) ?? [];
    assert.ok(Number(self) > 25 && Number(self) < 60, table);
    const collapsed = await exported('collapsed');
    const ofLeak = [...collapsed.matchAll(/leak \([^;]+\) (\d+)$/gm)].reduce(
      (sum, [, bytes]) => sum + Number(bytes),
      0,
    );
    assert.ok(Math.abs(ofLeak / 1e6 / Number(self) - 1) < 0.3, `${ofLeak} bytes, ${self} MB`);
    const { profiles } = JSON.parse(await exported('speedscope')) as { profiles: { unit: string; endValue: number }[] };
    assert.deepEqual(
      profiles.map(({ unit }) => unit),
      ['bytes'],
    );
    assert.ok((profiles[0]?.endValue ?? 0) >= 0.7 * ofLeak);
    assert.match(await exported('callgrind'), /\nevents: Objects Bytes\nsummary: \d+ \d+\n/);
    assert.match(await exported('markdown'), /^# memory in use of all routes\n/);
    assert.match((await errorOf(server, 'api/v1/export?format=cpuprofile&metric=inuse'))[1], /holds time only/);
    assert.match((await errorOf(server, 'stats?metric=inuse&route=GET+/leak/1'))[1], /exclude each other/);
    assert.match((await errorOf(server, 'stats?metric=allocated'))[1], /needs a capture of the heap/);
  });
});

test('without the option it says how to switch it on', async () => {
  await withServer(false, async (server) => {
    const [status, error] = await errorOf(server, 'api/v1/memory');
    assert.equal(status, 409);
    assert.match(error, /PROFILER_HEAP=true/);
  });
});

test('recording that is switched off samples nothing, and on again begins anew', async () => {
  await withServer(true, async (server) => {
    await server.get('/leak/8');
    const headers = { 'x-profiler': '1' };
    const record = (on: boolean): Promise<Response> =>
      server.get('/__profile__/api/v1/recording', { method: 'POST', headers, body: JSON.stringify({ on }) });
    await record(false);
    assert.equal((await errorOf(server, 'api/v1/memory'))[0], 409);
    await record(true);
    const { functions } = (await server.api('memory')) as MemoryAnswer;
    assert.ok(!functions.some(({ name }) => name === 'leak'));
  });
});
