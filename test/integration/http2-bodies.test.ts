/** Waits for the bodies of HTTP/2 requests, in both of Node.js's APIs. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutesAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { type FoundWait, foundWaits } from '../helpers/found-waits.ts';
import { until } from '../helpers/host-server.ts';
import { type Http2TestServer, overHttp2 } from '../helpers/over-http2.ts';
import { startServer } from '../helpers/server.ts';

const FILE = 'http2-bodies.cjs';
let server: Http2TestServer;

before(async () => {
  const env = { PROFILER_WAITS: 'all', PROFILER_DISCARD_FIRST_REQUEST: 'false' };
  server = await overHttp2(await startServer(`test/fixtures/connections/${FILE}`, { env }));
});

after(() => server?.stop());

async function waitsOf(method: string, path: string, requests: number): Promise<FoundWait[]> {
  const route = `${method} ${path}`;
  const counted = async (): Promise<number> => {
    const { routes } = (await server.api('routes')) as RoutesAnswer;
    return routes.find((each) => each.route === route)?.requests ?? 0;
  };
  await until(async () => (await counted()) >= requests, counted);
  return foundWaits((await server.api(`profile?route=${encodeURIComponent(route)}`)) as Profile, FILE);
}

/** Sends a body in two parts, 100 ms apart. */
async function upload(path: string): Promise<string> {
  const stream = server.session.request({ ':path': path, ':method': 'POST' }, { endStream: false });
  stream.write('x'.repeat(10));
  await sleep(100);
  stream.end('y'.repeat(10));
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks).toString();
}

const READERS = [
  ['collected', 'collect'],
  ['iterated', 'iterated'],
] as const;

for (const api of ['stream', 'compat']) {
  for (const [kind, caller] of READERS) {
    test(`${api} API, ${kind}: the wait for the body stands below the function that reads it, once`, async () => {
      const path = `/${api}/${kind}`;
      assert.equal(await upload(path), '20');
      const found = await waitsOf('POST', path, 1);
      const bodies = found.filter(({ label }) => label === 'read request body');
      assert.equal(bodies.length, 1, JSON.stringify(found));
      const [wait] = bodies as [FoundWait];
      assert.equal(wait.count, 1);
      assert.ok(wait.milliseconds > 40 && wait.milliseconds < 2000, `${wait.milliseconds} ms of 100`);
      assert.equal(wait.callers.at(-1), caller, JSON.stringify(found));
      assert.ok(wait.callers.includes('answer'), JSON.stringify(found));
    });
  }

  test(`${api} API: what is started when a body has been read stands below the function that reads it`, async () => {
    const found = await waitsOf('POST', `/${api}/collected`, 1);
    const timer = found.find(({ label }) => label === 'timers.setTimeout');
    assert.deepEqual(timer?.callers.slice(-2), ['collect', 'onCollected'], JSON.stringify(found));
  });

  test(`${api} API: a request without a body has no wait for one`, async () => {
    const stream = server.session.request({ ':path': `/${api}/collected` }).resume();
    await once(stream, 'end');
    const found = await waitsOf('GET', `/${api}/collected`, 1);
    assert.deepEqual(
      found.map(({ label }) => label),
      ['timers.setTimeout'],
    );
  });
}
