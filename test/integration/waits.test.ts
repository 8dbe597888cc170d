/** Each source of waits against the real thing, and what a host can do to it. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { type FoundWait, foundWaits, waitsOf as waitsOfKind } from '../helpers/found-waits.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const FIXTURE = 'test/fixtures/host/waits.cjs';
let server: TestServer;

before(async () => {
  server = await startServer(FIXTURE, { env: { PROFILER_WAITS: 'all', PROFILER_DISCARD_FIRST_REQUEST: 'false' } });
});

after(async () => {
  await server.stop();
});

const FILE = 'waits.cjs';
const waitsOf = (kind: string, requests = 1): Promise<FoundWait[]> => waitsOfKind(server, FILE, kind, requests);

const KINDS: readonly [kind: string, label: RegExp, caller: string][] = [
  ['timers', /^timers\.setTimeout$/, 'waits.timers'],
  ['callback', /^timers\.setTimeout$/, 'waits.callback'],
  ['files', /^fs\.promises\.readFile$/, 'waits.files'],
  ['stat', /^fs\.stat$/, 'waits.stat'],
  ['keys', /^crypto\.pbkdf2$/, 'waits.keys'],
  ['compression', /^zlib/, 'waits.compression'],
  ['names', /^dns\.lookup$/, 'waits.names'],
  ['child', /^child_process\.execFile$/, 'waits.child'],
  ['http', /^http GET 127\.0\.0\.1:\d+\/users\/:id$/, 'get'],
  ['fetch', /^fetch GET 127\.0\.0\.1:\d+\/users\/:id$/, 'waits.fetch'],
];

for (const [kind, label, caller] of KINDS) {
  test(`${kind}: the wait has its label, and stands below the functions that started and await it`, async () => {
    const found = await waitsOf(kind);
    const wait = found.find((each) => label.test(each.label));
    assert.ok(wait, JSON.stringify(found));
    assert.ok(wait.count >= 1, JSON.stringify(found));
    const names = wait.callers.map((name) => name.replace(/^waits\./, ''));
    assert.ok(names.includes(caller.replace(/^waits\./, '')), JSON.stringify(found));
    assert.ok(names.includes('waitFor'), wait.callers.join(' > '));
  });
}

test('a request through an http client is one wait, not also its connection and name', async () => {
  assert.deepEqual(
    (await waitsOf('http')).filter(({ label }) => !label.startsWith('http ')),
    [],
  );
});

test('a timeout that guards another wait takes nothing of its time', async () => {
  const { routes } = (await (async () => {
    await waitsOf('guarded', 3);
    return server.api('routes');
  })()) as RoutesAnswer;
  const found = foundWaits((await server.api('profile?route=GET%20/guarded')) as Profile, FILE);
  assert.equal(found.length, 1);
  const route = routes.find((each) => each.route === 'GET /guarded');
  assert.ok(route && route.waitMs > 0.8 * (route.durationMs.mean * route.requests));
});

/** CPU below the fixture's functions, by their names from the outermost in. */
async function workOf(kind: string): Promise<Map<string, number>> {
  const { nodes, functions } = (await server.api(`profile?route=GET%20/${kind}`)) as Profile;
  const paths: string[] = [''];
  const found = new Map<string, number>();
  for (let node = 1; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] as number] as Profile['functions'][number];
    const above = paths[nodes.parent[node] as number] as string;
    const path = info.file.endsWith('waits.cjs') ? `${above} > ${info.name}` : above;
    paths.push(path);
    found.set(path, (found.get(path) ?? 0) + (nodes.self.wallNs[node] as number) / 1e6);
  }
  return found;
}

test('callbacks stand below the functions that started what they waited for', async () => {
  const found = await waitsOf('callbacks', 10);
  const read = found.find(({ label }) => label === 'fs.readFile');
  assert.deepEqual(read?.callers.slice(-2), ['startCallbacks', 'afterTimer'], JSON.stringify(found));
  const work = [...(await workOf('callbacks'))];
  const below = (way: string): number => work.reduce((sum, [path, ms]) => (path.includes(way) ? sum + ms : sum), 0);
  const all = below(' > burn');
  assert.ok(all > 500, `${all} of 800 ms`);
  // What runs before the first samples have taught whose callback it is stays where it is.
  assert.ok(below('startCallbacks > afterTimer > burn') > 0.35 * all, JSON.stringify(work));
  assert.ok(below('startCallbacks > afterTimer > afterRead > burn') > 0.35 * all, JSON.stringify(work));
});

test('a callback that starts itself again is one function, however often', async () => {
  const found = await waitsOf('polling', 5);
  assert.ok(
    found.every(({ callers }) => callers.filter((name) => name === 'poll').length <= 1),
    JSON.stringify(found),
  );
  const work = await workOf('polling');
  assert.ok(
    [...work.keys()].every((path) => path.split(/ > poll(?= |$)/).length <= 2),
    JSON.stringify([...work]),
  );
  assert.ok(
    [...work.keys()].some((path) => path.includes('startPolling > poll > burn')),
    JSON.stringify([...work]),
  );
});

test('12,000 operations in one request are bounded, and the rest is counted', async () => {
  await waitsOf('many');
  const { waits } = (await server.api('status')) as StatusAnswer;
  // Where the response cannot be written at once, that is one more.
  assert.ok(waits.dropped === 2000 || waits.dropped === 2001, String(waits.dropped));
});

test('a request that is given up while it waits, and one that never ends, leave the server and its profile in order', async () => {
  const abort = new AbortController();
  const given = server.get('/endless', { signal: abort.signal });
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(given);
  assert.ok((await waitsOf('timers')).length > 0);
  const { problems } = (await server.api('status')) as StatusAnswer;
  assert.deepEqual(problems, []);
});

test('a rejection that the host does not handle is still reported to it', async () => {
  await server.get('/unawaited');
  for (let tries = 0; !server.stdout().includes('UNHANDLED fetch failed') && tries < 100; tries++)
    await server.get('/timers');
  assert.match(server.stdout(), /UNHANDLED fetch failed/);
});

test('waits=off records none, and leaves the global fetch alone', async () => {
  const plain = await startServer(FIXTURE, { env: { PROFILER_WAITS: 'off', PROFILER_DISCARD_FIRST_REQUEST: 'false' } });
  try {
    await plain.get('/timers');
    const { waits } = (await plain.api('status')) as StatusAnswer;
    assert.deepEqual([waits.tracing, waits.tracedRequests, waits.operations], ['off', 0, 0]);
    const { routes } = (await plain.api('routes')) as RoutesAnswer;
    assert.equal(routes.find(({ route }) => route === 'GET /timers')?.waitMs, 0);
  } finally {
    await plain.stop();
  }
});
