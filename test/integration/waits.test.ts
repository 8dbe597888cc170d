/** Each source of waits against the real thing, and what a host can do to it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { type FoundWait, foundWaits, waitsOf as waitsOfKind, waitsOfRoute } from '../helpers/found-waits.ts';
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
  ['streamed', /^fs\.createReadStream$/, 'waits.streamed'],
  ['sent', /^fs\.createReadStream$/, 'waits.sent'],
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

test('waits have their own labels after recording was switched off and on', async () => {
  const own = await startServer(FIXTURE, {
    env: { PROFILER_WAITS: 'all', PROFILER_DISCARD_FIRST_REQUEST: 'false', PROFILER_DATA_DIR: 'memory' },
  });
  try {
    await waitsOfKind(own, FILE, 'files', 1);
    for (const on of [false, true]) {
      const response = await own.get('/__profile__/api/v1/recording', {
        method: 'POST',
        headers: { 'x-profiler': '1' },
        body: JSON.stringify({ on }),
      });
      assert.equal(response.status, 200);
    }
    const found = await waitsOfKind(own, FILE, 'keys', 1);
    assert.ok(
      found.some(({ label }) => label === 'crypto.pbkdf2'),
      JSON.stringify(found),
    );
  } finally {
    await own.stop();
  }
});

/** Sends a body in two parts, 100 ms apart. */
async function upload(kind: string): Promise<FoundWait[]> {
  const client = request(`${server.url}/${kind}`, { method: 'POST', headers: { 'content-length': 20 } });
  client.write('x'.repeat(10));
  await sleep(100);
  client.end('y'.repeat(10));
  const [response] = (await once(client, 'response')) as [IncomingMessage];
  assert.equal(await text(response), 'waited');
  return waitsOfRoute(server, FILE, kind, 1, 'POST');
}

const BODIES: readonly [kind: string, caller: string][] = [
  ['collected', 'collect'],
  ['iterated', 'iterated'],
  ['piped', 'piped'],
];

for (const [kind, caller] of BODIES) {
  test(`${kind}: the wait for a request’s body stands below the function that reads it`, async () => {
    const found = await upload(kind);
    const wait = found.find(({ label }) => label === 'read request body');
    assert.ok(wait, JSON.stringify(found));
    assert.equal(wait.count, 1);
    assert.ok(wait.milliseconds > 50 && wait.milliseconds < 1000, `${wait.milliseconds} ms of 100`);
    assert.equal(wait.callers.at(-1)?.replace('waits.', ''), caller, JSON.stringify(found));
    assert.ok(wait.callers.includes('waitFor'), JSON.stringify(found));
  });
}

test('what is started when a body has been read stands below the function that reads it', async () => {
  const found = await waitsOfRoute(server, FILE, 'collected', 1, 'POST');
  const timer = found.find(({ label }) => label === 'timers.setTimeout');
  assert.deepEqual(timer?.callers.slice(-2), ['collect', 'onCollected'], JSON.stringify(found));
});

test('a request without a body has no wait for one', async () => {
  const found = await waitsOf('collected');
  assert.deepEqual(
    found.map(({ label }) => label),
    ['timers.setTimeout'],
  );
});

test('a client’s response has waits for head and body, each below the function that waits for it', async () => {
  const found = await waitsOf('late', 10);
  const body = found.find(({ label }) => /^http GET 127\.0\.0\.1:\d+\/late\/:id \(body\)$/.test(label));
  assert.deepEqual(body?.callers.slice(-2), ['readLate', 'onHead'], JSON.stringify(found));
  assert.ok(body.milliseconds > 400, `${body.milliseconds} ms of 800`);
  const work = await workOf('late');
  const all = [...work].reduce((sum, [path, ms]) => (path.endsWith(' > burn') ? sum + ms : sum), 0);
  const below = (way: string): number => work.get([...work.keys()].find((path) => path.endsWith(way)) ?? '') ?? 0;
  assert.ok(all > 200, `${all} of 400 ms`);
  assert.ok(below('readLate > onHead > burn') > 0.3 * all, JSON.stringify([...work]));
  assert.ok(below('readLate > onHead > onBody > burn') > 0.3 * all, JSON.stringify([...work]));
});

test('the body of a fetch is a wait of its own, below the function that reads it', async () => {
  const found = await waitsOf('fetchLate');
  const body = found.find(({ label }) => /^fetch GET 127\.0\.0\.1:\d+\/late\/:id \(body\)$/.test(label));
  assert.equal(body?.callers.at(-1)?.replace('waits.', ''), 'fetchLate', JSON.stringify(found));
  assert.ok(body.milliseconds > 50, `${body.milliseconds} ms of 100`);
});

for (const kind of ['fetchReader', 'fetchIterated', 'fetchPiped', 'fetchThrough', 'fetchTwice'])
  test(`${kind}: so is one that is read as a web stream`, async () => {
    const found = await waitsOf(kind);
    const bodies = found.filter(({ label }) => /^fetch GET 127\.0\.0\.1:\d+\/late\/:id \(body\)$/.test(label));
    assert.equal(bodies.length, 1, JSON.stringify(found));
    const [body] = bodies as [FoundWait];
    assert.equal(body.count, 1);
    assert.equal(body.callers.at(-1)?.replace('waits.', ''), kind, JSON.stringify(found));
    assert.ok(body.milliseconds > 50, `${body.milliseconds} ms of 100`);
  });

test('a web stream is waited for until somebody stops to read it', async () => {
  const found = await waitsOf('fetchLeft');
  const body = found.find(({ label }) => label.endsWith('(body)'));
  assert.equal(body?.count, 1, JSON.stringify(found));
  assert.ok(body.milliseconds < 80, `${body.milliseconds} ms, and 100 more that nobody waited for it`);
});

test('a web stream that is being read refuses others, as without us', async () => {
  const found = await waitsOf('fetchLocked');
  const bodies = found.filter(({ label }) => label.endsWith('(body)'));
  assert.ok(bodies.length > 0, JSON.stringify(found));
});

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
