/** The endpoints against a real collector that was fed real segments. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { ApiError, ProfileAnswer, RoutesAnswer, StatusAnswer } from '../../../src/api/types.ts';
import { exporters } from '../../../src/export/index.ts';
import { readPprof, readRouteRequests } from '../../../src/export/read-pprof.ts';
import { routeTotals } from '../../../src/profile/by-route.ts';
import { sumColumn } from '../../../src/profile/totals.ts';
import { FLAG_FIRST } from '../../../src/request/request-batch.ts';
import { SLOT_IGNORED, SLOT_PROFILER } from '../../../src/sample/segment.ts';
import { batchOf, type Sample, segmentOf } from '../collector/segments.ts';
import { PID, RUN, TestHost } from '../collector/test-host.ts';
import { drawSamples, samplesIn } from '../collector/trees.ts';

/** As Node.js calls it. */
const HANDLE = 'emit@node:events:518:28 > handle@/app/server.js:10:3';
const QUERY = `${HANDLE} > query@/app/node_modules/pg/lib/client.js:20:5`;

/** A second of two routes, at second `at`. */
function second(at: number): { segment: ReturnType<typeof segmentOf>; requests: ReturnType<typeof batchOf> } {
  const start = at * 1000;
  const samples: Sample[] = [
    { stack: HANDLE, at: start + 100, slot: 1 },
    { stack: QUERY, at: start + 110, slot: 1 },
    { stack: QUERY, at: start + 120, slot: 1 },
    { stack: HANDLE, at: start + 300, slot: 2 },
    { stack: '(idle)', at: start + 400 },
    { stack: 'tick@/app/jobs.js:5:1', at: start + 500 },
  ];
  return {
    segment: segmentOf(samples, { from: start, to: start + 1000 }),
    requests: batchOf(
      [
        { slot: 1, start: start + 90, end: start + 190, route: 0 },
        { slot: 2, start: start + 290, end: start + 310, route: 1, status: 500 },
      ],
      at === 0 ? ['GET /users/:id', 'POST /orders'] : [],
    ),
  };
}

/** A host that has recorded so many seconds. */
function hostOf(seconds: number, env: Readonly<Record<string, string>> = {}): TestHost {
  const host = new TestHost(env);
  for (let at = 0; at < seconds; at++) host.send(second(at));
  return host;
}

async function errorOf(host: TestHost, line: string): Promise<string> {
  const { status, body } = await host.ask(line);
  assert.equal(status, 400, String(body));
  const { code, error } = JSON.parse(String(body)) as ApiError;
  assert.equal(code, 'PROFILER_E_PARAMETER');
  return error;
}

test('routes: requests, errors, durations and times of each', async () => {
  const { routes } = await hostOf(3).json<RoutesAnswer>('GET api/v1/routes');
  assert.deepEqual(
    routes.map(({ route, requests, errors, samples }) => ({ route, requests, errors, samples })),
    [
      { route: 'GET /users/:id', requests: 3, errors: 0, samples: 9 },
      { route: 'POST /orders', requests: 3, errors: 3, samples: 3 },
      { route: '(background)', requests: 0, errors: 0, samples: 3 },
    ],
  );
  const [users] = routes;
  assert.deepEqual([users?.durationMs.mean, users?.durationMs.max], [100, 100]);
  assert.ok(Math.abs((users?.durationMs.p50 ?? 0) - 100) < 2);
  assert.equal(users?.waitMs, 0);
  for (const { cpuMs, wallMs, waitMs, otherMs, requests, durationMs } of routes) {
    assert.ok([cpuMs, wallMs, waitMs, otherMs].every((ms) => Number.isFinite(ms) && ms >= 0));
    if (requests > 0)
      assert.ok(Math.abs(cpuMs + waitMs + otherMs - requests * durationMs.mean) < 1e-6 || otherMs === 0);
  }
});

test('routes: a server without requests has none', async () => {
  assert.deepEqual(await new TestHost().json('GET api/v1/routes'), { routes: [] });
});

test('routes: a window', async () => {
  const host = new TestHost();
  // A slice of its own for each, because somebody waits for it: not the question below.
  for (let at = 0; at < 5; at++) host.send(second(at), -1);
  const { routes } = await host.json<RoutesAnswer>('GET api/v1/routes?from=1000&to=3000');
  assert.equal(routes[0]?.requests, 2);
  assert.match(await errorOf(host, 'GET api/v1/routes?from=2&to=1'), /from is after to/);
});

test('profile: the call tree on the wire', async () => {
  const profile = await hostOf(1).json<ProfileAnswer>('GET api/v1/profile?route=GET%20/users/:id');
  assert.equal(profile.version, 1);
  assert.equal(profile.run, RUN);
  assert.equal(profile.intervalMs, 10);
  assert.equal(profile.requests, 1);
  assert.deepEqual(profile.routes, ['GET /users/:id']);
  assert.deepEqual(Object.keys(profile.nodes.self), ['samples', 'cpuNs', 'wallNs', 'waitNs', 'waits']);
  const { parent, function: functions, self } = profile.nodes;
  for (const column of [functions, ...Object.values(self)]) assert.equal(column.length, parent.length);
  assert.deepEqual([parent[0], functions[0]], [-1, -1]);
  for (let node = 1; node < parent.length; node++) assert.ok((parent[node] ?? node) < node);
  assert.equal(
    drawSamples(profile),
    'handle @/app/server.js:10:3 1\n  query @/app/node_modules/pg/lib/client.js:20:5 2',
  );
});

test('profile: all routes, several, one, none of the known', async () => {
  const host = hostOf(2);
  const samples = async (query: string): Promise<number> =>
    samplesIn(await host.json<ProfileAnswer>(`GET api/v1/profile${query}`));
  assert.equal(await samples(''), 10);
  assert.equal(await samples('?route=GET%20/users/:id&route=POST%20/orders'), 8);
  assert.equal(await samples('?route=POST%20/orders'), 2);
  assert.equal(await samples('?route=(background)'), 2);
  assert.match(
    await errorOf(host, 'GET api/v1/profile?route=GET%20/nowhere'),
    /^route=GET \/nowhere has not been seen$/,
  );
});

test('profile: a route that was quiet in the window is empty, not unknown', async () => {
  const host = hostOf(1);
  host.send({ segment: segmentOf([], { from: 5000, to: 6000 }) });
  const profile = await host.json<ProfileAnswer>('GET api/v1/profile?route=POST%20/orders&from=5000');
  assert.deepEqual([samplesIn(profile), profile.requests], [0, 0]);
});

test('profile: before anything was recorded any route is empty', async () => {
  const profile = await new TestHost().json<ProfileAnswer>('GET api/v1/profile?route=GET%20/');
  assert.equal(samplesIn(profile), 0);
});

test('profile: run and process are this one', async () => {
  const host = hostOf(1);
  assert.equal(samplesIn(await host.json<ProfileAnswer>(`GET api/v1/profile?run=${RUN}&process=${PID}`)), 5);
  assert.match(await errorOf(host, 'GET api/v1/profile?run=another'), /run=another is not known; the current run is/);
  assert.match(await errorOf(host, 'GET api/v1/profile?process=1'), /process=1 is not known; known are 4711/);
  assert.match(await errorOf(host, 'GET api/v1/profile?process=zero'), /is not a number/);
});

test('status: the profiler about itself', async () => {
  const host = new TestHost();
  const samples = [
    { stack: HANDLE, at: 10, slot: 1 },
    { stack: HANDLE, at: 20, slot: 2 },
    { stack: HANDLE, at: 30, slot: SLOT_IGNORED },
    { stack: HANDLE, at: 40, slot: SLOT_PROFILER },
    { stack: HANDLE, at: 50, slot: 9 },
    { stack: '(idle)', at: 60 },
  ];
  const exchanges = [
    { slot: 1, start: 0, end: 15, route: 0, flags: FLAG_FIRST },
    { slot: 2, start: 15, end: 25, route: 0 },
    { slot: 3, start: 20 },
  ];
  host.ready.push({ segment: segmentOf(samples, { unmatched: 4 }), requests: batchOf(exchanges, ['GET /a'], 60) });
  const status = await host.json<StatusAnswer>('GET api/v1/status');
  assert.deepEqual(status.run.id, RUN);
  assert.equal(status.processes[0]?.pid, PID);
  assert.deepEqual([status.sampling.samples, status.sampling.idleSamples], [10, 1]);
  assert.deepEqual(status.sampling.discarded, { warmup: 1, ignored: 1, profiler: 1, unresolved: 1, unmatched: 4 });
  assert.deepEqual(status.requests, { ended: 2, open: 1 });
  assert.deepEqual([status.routes, status.functions], [1, 3]);
  assert.equal(status.overhead.rotationMs.count, 1);
  assert.ok(status.overhead.mainThreadShare > 0 && status.overhead.mainThreadShare < 1);
  assert.equal(status.config['path'], '/__profile__');
  const { tree } = await host.collector.query();
  const { samples: total, idleSamples, discarded, cpuMs } = status.sampling;
  assert.equal(samplesIn(tree) + idleSamples + Object.values(discarded).reduce((sum, one) => sum + one, 0), total);
  assert.equal(sumColumn(tree.nodes.self.cpuNs) / 1e6 + cpuMs.discarded + cpuMs.owed, cpuMs.thread);
  assert.ok(cpuMs.discarded > 0);
});

test('status: before the first rotation', async () => {
  const host = new TestHost();
  host.answers = false;
  const status = host.collector.status();
  assert.equal(status.sampling.samples, 0);
  assert.equal(status.sampling.recording, true);
});

test('stats: repoze’s table with repoze’s parameters', async () => {
  const host = hostOf(2);
  const text = async (query: string): Promise<string> => {
    const { status, headers, body } = await host.ask(`GET stats${query}`);
    assert.equal(status, 200, String(body));
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    return String(body);
  };
  assert.match(await text(''), /Ordered by: internal time/);
  assert.match(await text('?sort=cumulative&limit=1'), /Ordered by: cumulative time/);
  assert.match(await text('?mode=callers'), /query/);
  assert.match(await text('?mode=callees'), /query/);
  assert.match(await text('?fulldirs=1'), /\/app\/server\.js/);
  assert.doesNotMatch(await text('?fulldirs=0'), /\/app\/server\.js/);
  assert.doesNotMatch(await text('?filename=client'), /handle/);
  assert.match(await text('?sort=time&limit=60&mode=stats&fulldirs=&filename=&refresh=Refresh'), /handle/);
  for (const wrong of ['?limit=0', '?limit=100001', '?fulldirs=yes', '?mode=graph', '?sort=random'])
    await errorOf(host, `GET stats${wrong}`);
});

test('the page is the table, with the reasons why there may be nothing to see', async () => {
  const host = new TestHost({}, { problems: ['sampling is switched off: no binary'] });
  host.send({
    segment: null,
    requests: batchOf([{ slot: 1, start: 0, end: 1, route: 0, flags: FLAG_FIRST }], ['GET /']),
  });
  await host.post('api/v1/recording', { on: false });
  const page = String((await host.ask('GET ')).body);
  assert.match(page, /^! sampling is switched off: no binary$/m);
  assert.match(page, /^! recording is off$/m);
  assert.match(page, /^! the first request was discarded as warm-up/m);
});

for (const { format, contentType, extension } of exporters) {
  test(`export: ${format} as a download`, async () => {
    const { status, headers, body } = await hostOf(1).ask(`GET api/v1/export?format=${format}`);
    assert.equal(status, 200, String(body));
    assert.equal(headers['content-type'], contentType);
    const disposition = headers['content-disposition'] ?? '';
    assert.match(disposition, /^attachment; filename="profile-\d{4}-\d\d-\d\dT[\d-]+Z\./);
    assert.ok(disposition.endsWith(`${extension}"`), disposition);
    assert.ok(body.length > 0);
  });
}

test('export: the selection is exported', async () => {
  const { body } = await hostOf(2).ask('GET api/v1/export?format=pprof&route=POST%20/orders');
  assert.equal(samplesIn(readPprof(body as Uint8Array)), 2);
});

test('export: pprof tells routes apart, by a label and how many requests each had; other formats sum them', async () => {
  const host = hostOf(2);
  const bytesOf = async (query: string): Promise<Uint8Array> =>
    (await host.ask(`GET api/v1/export?${query}`)).body as Uint8Array;
  const all = await bytesOf('format=pprof');
  const ofRoute = ([route, { samples }]: readonly [string, { readonly samples: number }]): unknown[] => [
    route,
    samples,
  ];
  assert.deepEqual([...routeTotals(readPprof(all, { keepRoutes: true }))].map(ofRoute).sort(), [
    ['(background)', 2],
    ['GET /users/:id', 6],
    ['POST /orders', 2],
  ]);
  assert.deepEqual(Object.fromEntries(readRouteRequests(all)), { 'GET /users/:id': 2, 'POST /orders': 2 });
  assert.equal(samplesIn(readPprof(all)), 10);
  const two = await bytesOf('format=pprof&route=GET%20/users/:id&route=(background)');
  assert.deepEqual([...routeTotals(readPprof(two, { keepRoutes: true })).keys()].sort(), [
    '(background)',
    'GET /users/:id',
  ]);
  assert.deepEqual([...readRouteRequests(two).keys()], ['GET /users/:id']);
  assert.doesNotMatch(Buffer.from(await bytesOf('format=collapsed')).toString(), /^GET |POST /m);
});

test('export: without a format that is known the formats are named', async () => {
  const host = hostOf(1);
  for (const query of ['', '?format=', '?format=svg', '?format=PPROF'])
    assert.match(await errorOf(host, `GET api/v1/export${query}`), /^format is one of pprof, /);
  await errorOf(host, 'GET api/v1/export?format=text&limit=-1');
});

test('clear: what was recorded is gone', async () => {
  const host = hostOf(3);
  const { status, body } = await host.post('api/v1/clear');
  assert.deepEqual([status, JSON.parse(String(body))], [200, { cleared: true }]);
  assert.deepEqual(await host.json('GET api/v1/routes'), { routes: [] });
});

test('recording: switched off and on, and the last segment is kept', async () => {
  const host = new TestHost();
  host.ready.push(second(0));
  assert.equal((await host.post('api/v1/recording', { on: false })).status, 200);
  assert.equal((await host.json<StatusAnswer>('GET api/v1/status')).sampling.recording, false);
  assert.equal(samplesIn((await host.collector.query()).tree), 5);
  assert.equal((await host.post('api/v1/recording', { on: true })).status, 200);
  assert.equal((await host.json<StatusAnswer>('GET api/v1/status')).sampling.recording, true);
});

test('recording: any other body is refused and changes nothing', async () => {
  const host = new TestHost();
  for (const body of ['', '{', 'null', '[]', '"on"', '{}', '{"on":1}', '{"on":"true"}', '{"off":true}']) {
    const { status } = await host.ask('POST api/v1/recording', { headers: { 'x-profiler': '1' }, body });
    assert.equal(status, 400, body);
  }
  assert.equal(host.recording, true);
});

test('debug/pprof/profile: what Go’s profiler answers, for the seconds asked for', async () => {
  const host = hostOf(2);
  host.ready.push(second(2), second(3));
  const { status, headers, body } = await host.ask('GET debug/pprof/profile?seconds=0');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/octet-stream');
  assert.equal(samplesIn(readPprof(body as Uint8Array)), 5);
  for (const wrong of ['-1', '601', 'x'])
    assert.equal((await host.ask(`GET debug/pprof/profile?seconds=${wrong}`)).status, 400);
});

test('debug/pprof/: the index names the profiles', async () => {
  const { status, body } = await new TestHost().ask('GET debug/pprof/');
  assert.equal(status, 200);
  assert.match(String(body), /href="profile".*\?seconds=N/);
});
