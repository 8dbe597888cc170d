/**
 * What a handler costs with all that it awaits: the truth, V8's own profile of the same requests, and ours. V8 samples a function that
 * goes on after an await without its callers, so that in its profile a handler is only what runs before the first one.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/profile/profile.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { checkShares, type ShareRow } from './shares.ts';
import { sendTraffic } from './traffic.ts';
import { V8_FLAGS } from './v8-flags.ts';

const CONCURRENCY = 50;
const REQUESTS = 6000;
const HANDLERS = ['handleOrder', 'handleReport'];
/** The planted work; everything else is Node.js's, and the profilers'. */
const WORK = new Set(['burn', 'now']);

interface NotedRequest {
  readonly work: readonly (readonly [place: string, start: number, end: number])[];
}

interface V8Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
    readonly hitCount: number;
    readonly children?: readonly number[];
  }[];
}

test('the work of a handler and of what it awaits stands below it, which V8 alone does not see', async () => {
  const server = await startServer('test/accuracy/servers/waits.mjs', {
    nodeArgs: V8_FLAGS,
    env: { PROFILER_WAITS: 'all', PROFILER_INTERVAL_MS: '2' },
  });
  try {
    await server.get('/v8-start');
    const plan = ['/order', '/report'].map((path) => ({ method: 'GET', path }) as const);
    await sendTraffic(server.port, plan, REQUESTS, CONCURRENCY);
    const plain = plainShares((await (await server.get('/v8-stop')).json()) as V8Profile);
    const truth = trueShares((await (await server.get('/truth')).json()) as NotedRequest[]);
    const { shares, samples } = await ourShares(server);
    const rows = (found: ReadonlyMap<string, number>): ShareRow[] =>
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

function trueShares(requests: readonly NotedRequest[]): Map<string, number> {
  const work = requests.flatMap((request) => request.work);
  return sharesOf(work.map(([place, start, end]) => ({ handler: place.split(' > ')[0] ?? '', amount: end - start })));
}

function plainShares({ nodes }: V8Profile): Map<string, number> {
  const handlerOf = new Map<number, string>();
  // A child's number is above its parent's.
  const parts = nodes.map(({ id, callFrame, hitCount, children = [] }) => {
    const handler = HANDLERS.includes(callFrame.functionName) ? callFrame.functionName : (handlerOf.get(id) ?? '');
    for (const child of children) handlerOf.set(child, handler);
    return { handler, amount: WORK.has(callFrame.functionName) ? hitCount : 0 };
  });
  return sharesOf(parts);
}

async function ourShares(server: TestServer): Promise<{ shares: Map<string, number>; samples: number }> {
  const { nodes, functions } = (await server.api('profile')) as Profile;
  const handlers: string[] = [''];
  const parts: { handler: string; amount: number }[] = [];
  let samples = 0;
  for (let node = 1; node < nodes.parent.length; node++) {
    const { name = '' } = functions[nodes.function[node] as number] ?? {};
    handlers.push(HANDLERS.includes(name) ? name : (handlers[nodes.parent[node] as number] ?? ''));
    if (!WORK.has(name)) continue;
    parts.push({ handler: handlers[node] ?? '', amount: nodes.self.wallNs[node] as number });
    samples += nodes.self.samples[node] as number;
  }
  return { shares: sharesOf(parts), samples: Math.round(samples) };
}

function sharesOf(parts: readonly { readonly handler: string; readonly amount: number }[]): Map<string, number> {
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  const shares = new Map<string, number>();
  for (const { handler, amount } of parts) shares.set(handler, (shares.get(handler) ?? 0) + amount / total);
  return shares;
}
