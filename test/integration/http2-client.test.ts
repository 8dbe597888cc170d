/** Waits for requests of HTTP/2 clients, and for their bodies. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cannotInstallReason, installNode } from '../../scripts/node-versions.mjs';
import type { Profile } from '../../src/profile/profile.ts';
import { type FoundWait, waitsOf } from '../helpers/found-waits.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const FILE = 'http2-client.cjs';
const CALL = /^http2 GET 127\.0\.0\.1:\d+\/users\/:id$/;
const BODY = /^http2 GET 127\.0\.0\.1:\d+\/users\/:id \(body\)$/;
/** Node.js 20 does not tell of such clients. */
const node = Number.parseInt(process.versions.node, 10) >= 22 ? process.execPath : installNode(24);
const skip = node === undefined ? String(cannotInstallReason) : false;
let server: TestServer | undefined;

before(async () => {
  const env = { PROFILER_WAITS: 'all', PROFILER_DISCARD_FIRST_REQUEST: 'false' };
  if (node !== undefined) server = await startServer(`test/fixtures/connections/${FILE}`, { node, env });
});

after(() => server?.stop());

/** @returns the waits of one request, as `[label, milliseconds, innermost caller]`, without timers. */
async function asked(kind: string): Promise<{ label: RegExp | string; wait: FoundWait }[]> {
  const found = await waitsOf(server as TestServer, FILE, kind);
  return found
    .filter(({ label }) => label.startsWith('http2'))
    .map((wait) => ({ label: [CALL, BODY].find((pattern) => pattern.test(wait.label)) ?? wait.label, wait }));
}

/** Of what a wait takes, samples of 10 ms say what else ran meanwhile, which is taken off. */
function assertWait({ wait }: { wait: FoundWait }, [least, most]: readonly [number, number], caller: string): void {
  assert.equal(wait.count, 1);
  assert.ok(wait.milliseconds >= least && wait.milliseconds <= most, `${wait.milliseconds} ms`);
  assert.equal(wait.callers.at(-1)?.replace('kinds.', ''), caller, JSON.stringify(wait));
}

for (const [title, kind, bounds] of [
  ['a call that is read before there is a head is one wait to its last byte', 'early', [80, 800]],
  ['of a body that nobody reads there is only the wait for the head', 'head', [35, 500]],
] as const)
  test(title, { skip }, async () => {
    const waits = await asked(kind);
    assert.deepEqual(
      waits.map(({ label }) => label),
      [CALL],
    );
    assertWait(waits[0] as (typeof waits)[0], bounds, 'ask');
  });

test('a body that is read after the head is a wait of its own, below who reads it', { skip }, async () => {
  const waits = await asked('late');
  assert.deepEqual(waits.map(({ label }) => label).sort(), [CALL, BODY].sort());
  assertWait(waits.find(({ label }) => label === CALL) as (typeof waits)[0], [35, 500], 'ask');
  assertWait(waits.find(({ label }) => label === BODY) as (typeof waits)[0], [35, 500], 'iterate');
});

test('a stream that is reset ends its wait', { skip }, async () => {
  const waits = await asked('reset');
  assert.deepEqual(
    waits.map(({ label }) => String(label).replace(/:\d+/, '')),
    ['http2 GET 127.0.0.1/reset'],
  );
  assertWait(waits[0] as (typeof waits)[0], [35, 500], 'ask');
});

for (const [kind, listener] of [
  ['early', 'onBody'],
  ['head', 'onHead'],
] as const)
  test(`${listener} stands below the call that it is the callback of`, { skip }, async () => {
    const { nodes, functions } = (await (server as TestServer).api(`profile?route=GET%20/${kind}`)) as Profile;
    const at = Array.from(nodes.function).findIndex((index) => functions[index]?.name === listener);
    assert.ok(at > 0, 'it has samples');
    const above: (string | undefined)[] = [];
    for (let node = at; node > 0; node = nodes.parent[node] as number)
      above.push(functions[nodes.function[node] as number]?.name);
    assert.ok(above.includes('ask'), above.join(' < '));
  });
