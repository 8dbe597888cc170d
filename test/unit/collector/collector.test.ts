/** Collector: what it does with the messages of a host's thread. The API's answers are tested in test/unit/api. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { RoutesAnswer, StatusAnswer } from '../../../src/api/types.ts';
import { readPprof } from '../../../src/export/read-pprof.ts';
import { routeTotals } from '../../../src/profile/by-route.ts';
import { batchOf, segmentOf } from './segments.ts';
import { TestHost } from './test-host.ts';
import { samplesIn } from './trees.ts';

/** As Node.js calls it. */
const WORK = 'emit@node:events:518:28 > handle@/app/a.js:1:2';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiler-collector-'));
});
after(() => rm(folder, { recursive: true }));

/** Samples per route of everything recorded. */
async function samplesOf({ collector }: TestHost): Promise<Record<string, number>> {
  await collector.refresh();
  return Object.fromEntries(
    [...routeTotals((await collector.query()).tree)].map(([route, { samples }]) => [route, samples]),
  );
}

test('what the host sends is in the next answer', async () => {
  const host = new TestHost();
  host.send({
    segment: segmentOf([{ stack: WORK, at: 10, slot: 1 }]),
    requests: batchOf([{ slot: 1, start: 5, end: 15, route: 0 }], ['GET /a']),
  });
  assert.deepEqual(await samplesOf(host), { 'GET /a': 1 });
});

test('an answer takes in what was recorded until then', async () => {
  const host = new TestHost();
  host.ready.push({ segment: segmentOf([{ stack: WORK, at: 10 }]) });
  assert.deepEqual(await samplesOf(host), { '(background)': 1 });
});

test('answers at the same time share one rotation', async () => {
  const host = new TestHost();
  for (let at = 0; at < 5; at++) host.ready.push({ segment: null });
  await Promise.all([1, 2, 3, 4, 5].map(() => host.collector.refresh()));
  assert.equal(host.ready.length, 4);
});

test('an answer that has to be complete takes in what was recorded since the last rotation, however fresh that is', async () => {
  const host = new TestHost();
  host.ready.push({ segment: segmentOf([{ stack: WORK, at: 10 }], { to: Date.now() }) });
  await host.collector.refresh();
  host.ready.push({ segment: segmentOf([{ stack: WORK, at: 20 }], { to: Date.now() }) });
  assert.deepEqual(await samplesOf(host), { '(background)': 1 });
  await host.collector.refresh({}, 'now');
  assert.deepEqual(await samplesOf(host), { '(background)': 2 });
});

test('complete answers at the same time share one rotation', async () => {
  const host = new TestHost();
  for (let at = 0; at < 5; at++) host.ready.push({ segment: null });
  await Promise.all([1, 2, 3].map(() => host.collector.refresh({}, 'now')));
  assert.equal(host.ready.length, 4);
});

test('segments are taken in their order, even when the first one is slow', async () => {
  const host = new TestHost();
  const file = join(folder, 'slow.ts');
  await writeFile(file, 'f');
  host.send({
    segment: segmentOf([{ stack: `f@${file}:1:1`, at: 10, slot: 1 }], { to: 100 }),
    requests: batchOf([{ slot: 1, start: 5 }], [], 100),
  });
  host.send({
    segment: segmentOf([], { from: 100, to: 200 }),
    requests: batchOf([{ slot: 1, start: 5, end: 110, route: 0 }], ['GET /a']),
  });
  while (host.unanswered.length === 0) await turn();
  const [asked] = host.unanswered;
  assert.equal(asked?.type, 'source-map');
  host.collector.receive({ type: 'source-map', id: asked.id, json: null });
  assert.deepEqual(await samplesOf(host), { 'GET /a': 1 });
});

test('a segment that cannot be taken in is reported once, and the next one is taken in', async () => {
  const host = new TestHost();
  for (let round = 0; round < 2; round++) {
    const segment = segmentOf([{ stack: WORK, at: 10 }]);
    host.send({ segment: { ...segment, functions: { ...segment.functions, name: [42 as never] } } });
  }
  host.send({ segment: segmentOf([{ stack: WORK, at: 20 }]) });
  assert.deepEqual(await samplesOf(host), { '(background)': 1 });
  assert.equal(host.log.length, 1);
  assert.match(host.log[0] ?? '', /a segment was lost/);
  const { problems } = await host.json<StatusAnswer>('GET api/v1/status');
  assert.equal(problems.length, 1);
});

test('a host that does not answer is not waited for: what is there is shown', async () => {
  const host = new TestHost();
  host.send({ segment: segmentOf([{ stack: WORK, at: 10 }]) });
  await samplesOf(host);
  host.answers = false;
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() + 1000 });
  try {
    const samples = samplesOf(host);
    mock.timers.tick(3000);
    assert.deepEqual(await samples, { '(background)': 1 });
  } finally {
    mock.timers.reset();
  }
});

test('clearing forgets what was recorded, up to that moment', async () => {
  const host = new TestHost();
  host.send({
    segment: segmentOf([{ stack: WORK, at: 10 }]),
    requests: batchOf([{ slot: 1, start: 0, end: 1, route: 0 }], ['GET /a']),
  });
  host.ready.push({ segment: segmentOf([{ stack: WORK, at: 20 }]) });
  await host.collector.clear();
  assert.deepEqual(await samplesOf(host), {});
  assert.deepEqual((await host.json<RoutesAnswer>('GET api/v1/routes')).routes, []);
  // Routes met before keep their numbers.
  host.send({
    segment: segmentOf([{ stack: WORK, at: 30, slot: 1 }]),
    requests: batchOf([{ slot: 1, start: 25, end: 35, route: 0 }]),
  });
  assert.deepEqual(await samplesOf(host), { 'GET /a': 1 });
});

test('a recording is what came during it, to the sample', async () => {
  const host = new TestHost();
  host.send({ segment: segmentOf([{ stack: WORK, at: 10 }]) });
  host.ready.push(
    { segment: segmentOf([{ stack: WORK, at: 20 }]) },
    {
      segment: segmentOf([
        { stack: WORK, at: 30 },
        { stack: WORK, at: 40 },
      ]),
    },
  );
  const recorded = await host.collector.record(0, new AbortController().signal);
  assert.equal(samplesIn(recorded.tree), 2);
  assert.deepEqual(await samplesOf(host), { '(background)': 4 });
});

test('a recording is exact although older slices have been merged in the meantime', async () => {
  const host = new TestHost();
  for (let at = 0; at < 25; at++) host.send({ segment: segmentOf([{ stack: WORK, at }]) });
  const recording = host.collector.record(5, new AbortController().signal);
  await turn();
  for (let at = 0; at < 100; at++) host.send({ segment: segmentOf([{ stack: WORK, at }]) });
  assert.equal(samplesIn((await recording).tree), 100);
});

test('who goes away ends their recording', async () => {
  const host = new TestHost();
  const abort = new AbortController();
  const recording = host.collector.record(600_000, abort.signal);
  await turn();
  abort.abort();
  await assert.rejects(recording, { name: 'AbortError' });
});

test('who goes away before a blocked host has begun the recording does no harm', async () => {
  const host = new TestHost();
  host.answers = false;
  // The test runner fails a test that leaves a rejection unhandled, as Node.js ends a thread.
  const asked = host.ask('GET debug/pprof/profile?seconds=30');
  await turn();
  host.abort();
  await delay(20);
  const [rotation] = host.unanswered;
  assert.equal(rotation?.type, 'rotate');
  host.send({ segment: null }, rotation.id);
  assert.equal((await asked).status, 500);
});

test('at exit the log files hold the last segment, and nothing is asked of the host any more', async () => {
  const log = join(folder, 'exit.pb.gz');
  const file = join(folder, 'exit.ts');
  await writeFile(file, 'f');
  // Time stands still: whatever waited for it would wait for ever.
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const host = new TestHost({ PROFILER_LOG_FILENAME: log });
    host.send({ segment: segmentOf([{ stack: WORK, at: 10 }]) });
    host.send({ segment: segmentOf([{ stack: `f@${file}:1:1`, at: 20 }]) });
    await host.flush();
  } finally {
    mock.timers.reset();
  }
  assert.equal(samplesIn(readPprof(await readFile(log))), 2);
});

test('at exit the host learns that the files are written even when they cannot be', async () => {
  const host = new TestHost({ PROFILER_LOG_FILENAME: join(folder, 'nowhere/exit.pb.gz') });
  await host.flush();
  assert.match(host.log[0] ?? '', /cannot be written/);
});

test('problems of both threads are in the status, secrets are not', async () => {
  const host = new TestHost({ PROFILER_TOKEN: 'hunter2' }, { problems: ['sampling is switched off: no binary'] });
  host.send({ segment: null });
  const { body } = await host.ask('GET api/v1/status');
  const status = JSON.parse(String(body)) as StatusAnswer;
  assert.deepEqual(status.problems, ['sampling is switched off: no binary']);
  assert.equal(status.config['token'], '***');
  assert.doesNotMatch(String(body), /hunter2/);
});
