/**
 * What a handler costs with all that it awaits: the truth, V8's own profile of the same requests, and ours. V8 samples a function that
 * goes on after an await without its callers, so that in its profile a handler is only what runs before the first one.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/profile/profile.ts';
import { startServer } from '../helpers/server.ts';
import {
  HANDLERS,
  type HandlerShares,
  type NotedRequest,
  treeShares,
  trueShares,
  type V8Profile,
  v8Shares,
} from './handler-shares.ts';
import { checkShares, type ShareRow } from './shares.ts';
import { sendTraffic } from './traffic.ts';
import { V8_FLAGS } from './v8-flags.ts';

const CONCURRENCY = 50;
const REQUESTS = 6000;

test('the work of a handler and of what it awaits stands below it, which V8 alone does not see', async () => {
  const server = await startServer('test/accuracy/servers/waits.mjs', {
    nodeArgs: V8_FLAGS,
    env: { PROFILER_WAITS: 'all', PROFILER_INTERVAL_MS: '2' },
  });
  try {
    await server.get('/v8-start');
    const plan = ['/order', '/report'].map((path) => ({ method: 'GET', path }) as const);
    await sendTraffic(server.port, plan, REQUESTS, CONCURRENCY);
    const plain = v8Shares((await (await server.get('/v8-stop')).json()) as V8Profile);
    const truth = trueShares((await (await server.get('/truth')).json()) as NotedRequest[]);
    const { shares, samples } = treeShares((await server.api('profile')) as Profile);
    const rows = (found: HandlerShares): ShareRow[] =>
      HANDLERS.map((what) => ({ what, truth: truth.get(what) ?? 0, measured: found.get(what) ?? 0 }));
    console.log('Work below each handler, of all work. V8:');
    for (const { what, truth: share, measured } of rows(plain))
      console.log(`  ${what}: truth ${(share * 100).toFixed(1)} %, V8's stacks ${(measured * 100).toFixed(1)} %`);
    checkShares('profiler', rows(shares), samples);
    for (const { what, truth: share, measured } of rows(plain))
      assert.ok(
        share - measured > 0.1,
        `${what}: V8's stacks have it right (${measured} of ${share}): why do we stitch?`,
      );
  } finally {
    await server.stop();
  }
});
