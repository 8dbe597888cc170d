/** Slow requests of a real server are kept whole: what they ran, what they waited for, what others ran meanwhile. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RequestAnswer, RequestsAnswer, RoutesAnswer } from '../../src/api/types.ts';
import type { KeptRequest } from '../../src/profile/kept-request.ts';
import { until } from '../helpers/host-server.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { installPerfetto } from '../helpers/install-perfetto.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const PERFETTO_READER = 'test/fixtures/consumers/read-trace-with-perfetto.mjs';

let server: TestServer;
let slow: RequestAnswer;

before(async () => {
  server = await startServer('test/fixtures/host/slow.cjs', {
    env: { PROFILER_SLOW_MS: '150', PROFILER_WAITS: 'all' },
  });
  await server.get('/fast');
  // While a process starts, its other threads share the cores with the one that is measured, and CPU is divided by segment (ADR 0003).
  await sleep(1000);
  const answered = server.get('/slow?token=secret');
  // It comes while the first one works, runs when that one waits for its timer, and longer than that.
  await sleep(30);
  await server.get('/hog');
  await answered;
  const [kept] = await keptOf('route=GET%20/slow', 1);
  assert.ok(kept);
  slow = (await server.api(`requests/${kept.id}`)) as RequestAnswer;
});

after(async () => {
  await server.stop();
});

async function keptOf(query: string, count: number): Promise<readonly KeptRequest[]> {
  const ask = async (): Promise<readonly KeptRequest[]> =>
    ((await server.api(`requests?${query}`)) as RequestsAnswer).requests;
  await until(async () => (await ask()).length >= count, ask);
  return ask();
}

/** Names of a row's functions, outermost first. */
function stackNames(answer: RequestAnswer, stack: number): string[] {
  return (answer.stacks[stack] ?? []).map((index) => answer.functions[index]?.name ?? '');
}

test('only what took longer than slow_ms is kept, without its query', async () => {
  const kept = await keptOf('', 2);
  assert.deepEqual(kept.map(({ route }) => route).sort(), ['GET /hog', 'GET /slow']);
  assert.deepEqual([slow.url, slow.method, slow.status, slow.isAborted], ['/slow', 'GET', 200, false]);
  assert.ok(!JSON.stringify(slow).includes('secret'));
});

test('CPU, waits and the rest are its duration, and near what was planted', () => {
  const { durationMs, cpuMs, waitMs, otherMs } = slow;
  assert.ok(Math.abs(cpuMs + waitMs + otherMs - durationMs) <= durationMs / 100, JSON.stringify(slow));
  assert.ok(Math.abs(cpuMs - 250) <= 50, `CPU ${cpuMs} ms, planted 250`);
  assert.ok(slow.isTraced && waitMs >= 290, `waited ${waitMs} ms, planted 300`);
});

test('its samples stand below its callers, before and after the await', () => {
  const msBelow = (name: string): number => {
    let ms = 0;
    for (let row = 0; row < slow.samples.atMs.length; row++) {
      const names = stackNames(slow, slow.samples.stack[row] as number);
      if (names.includes(name) && names.includes('slow')) ms += slow.samples.cpuMs[row] as number;
    }
    return ms;
  };
  assert.ok(Math.abs(msBelow('prepare') - 150) <= 40, `prepare ${msBelow('prepare')} ms`);
  assert.ok(Math.abs(msBelow('finish') - 100) <= 40, `finish ${msBelow('finish')} ms`);
});

test('its wait lies between them, below the function that awaits it', () => {
  assert.equal(slow.waits.startMs.length, 1);
  assert.deepEqual(stackNames(slow, slow.waits.stack[0] as number).slice(-3), ['slow', 'load', 'timers.setTimeout']);
  const [startMs, endMs] = [slow.waits.startMs[0] as number, slow.waits.endMs[0] as number];
  assert.ok(startMs >= 140 && endMs - startMs >= 290 && endMs <= slow.durationMs, `${startMs} to ${endMs}`);
});

test('what held the thread for another request meanwhile is told apart', () => {
  assert.ok(slow.othersMs >= 300, `others ${slow.othersMs} ms, planted 400`);
  const names = new Set<string>();
  for (let row = 0; row < slow.others.atMs.length; row++) {
    if (slow.routes[slow.others.route[row] as number] !== 'GET /hog') continue;
    for (const name of stackNames(slow, slow.others.stack[row] as number)) names.add(name);
  }
  assert.ok(names.has('hog'), [...names].join());
});

test('the routes say what held the loop while a request could have gone on', async () => {
  const { routes } = (await server.api('routes')) as RoutesAnswer;
  const [blocker] = routes.find(({ route }) => route === 'GET /slow')?.blockedBy ?? [];
  assert.deepEqual([blocker?.route, blocker?.name], ['GET /hog', 'burn'], JSON.stringify(routes));
  assert.ok((blocker?.ms ?? 0) >= 150, `held for ${blocker?.ms} ms`);
});

test('rows are in order of time and within the request', () => {
  for (const column of [slow.samples.atMs, slow.waits.startMs, slow.others.atMs]) {
    const times = Array.from(column);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(times.every((ms) => ms >= 0 && ms <= slow.durationMs));
  }
});

test('as a Chrome trace, spans of a track nest', async () => {
  const answer = await server.get(`/__profile__/api/v1/requests/${slow.id}?format=trace`);
  assert.match(answer.headers.get('content-disposition') ?? '', /\.json"$/);
  const { traceEvents } = (await answer.json()) as {
    traceEvents: { ph: string; tid: number; name: string; ts: number; dur: number; args: { name?: string } }[];
  };
  const tracks = traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args.name);
  assert.deepEqual(tracks, ['request', 'on the thread', 'others on the thread', 'waits']);
  const spans = traceEvents
    .filter(({ ph }) => ph === 'X')
    .sort((a, b) => a.tid - b.tid || a.ts - b.ts || b.dur - a.dur);
  assert.ok(spans.some(({ name }) => name === 'finish') && spans.some(({ name }) => name === 'GET /hog'));
  const open: typeof spans = [];
  for (const span of spans) {
    while (
      open.length > 0 &&
      (open.at(-1)?.tid !== span.tid || (open.at(-1)?.ts ?? 0) + (open.at(-1)?.dur ?? 0) <= span.ts)
    )
      open.pop();
    const around = open.at(-1);
    if (around) assert.ok(span.ts + span.dur <= around.ts + around.dur, `${span.name} ends after ${around.name}`);
    open.push(span);
  }
});

test('the performance panel of Chrome DevTools draws the trace: its tracks, and the functions on them', async () => {
  const reader = join(await installFixture('consumers'), 'read-trace-with-devtools.mjs');
  assertDrawn(JSON.parse(await readTraceWith(reader)) as DrawnTrack[]);
});

test('Perfetto opens the trace without a complaint, and draws the same', async () => {
  const folder = await installPerfetto();
  const { tracks, problems } = JSON.parse(await readTraceWith(PERFETTO_READER, folder)) as {
    tracks: DrawnTrack[];
    problems: unknown[];
  };
  assert.deepEqual(problems, []);
  assertDrawn(tracks);
});

interface DrawnTrack {
  readonly name: string;
  readonly entries: readonly { readonly name: string; readonly ms: number; readonly depth: number }[];
}

/** @returns what a reader of traces prints about the slow request's. */
async function readTraceWith(reader: string, ...args: readonly string[]): Promise<string> {
  const answer = await server.get(`/__profile__/api/v1/requests/${slow.id}?format=trace`);
  const folder = mkdtempSync(join(tmpdir(), 'profiler-trace-'));
  const file = join(folder, 'trace.json');
  writeFileSync(file, await answer.text());
  try {
    return (await promisify(execFile)(process.execPath, [reader, ...args, file])).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function assertDrawn(tracks: readonly DrawnTrack[]): void {
  const track = (name: string): DrawnTrack['entries'] =>
    tracks.filter((each) => each.name === name).flatMap(({ entries }) => entries);
  assert.deepEqual(
    track('request').map(({ name, ms }) => [name, Math.round(ms)]),
    [['GET /slow', Math.round(slow.durationMs)]],
  );
  const finish = track('on the thread').find(({ name }) => name === 'finish');
  assert.ok(finish && finish.depth > 0 && finish.ms >= 60, JSON.stringify(finish));
  assert.ok(
    track('others on the thread').some(({ name, ms }) => name === 'GET /hog' && ms >= 300),
    JSON.stringify(tracks),
  );
  assert.ok(track('waits').some(({ name, ms }) => name === 'timers.setTimeout' && ms >= 290));
}

test('wrong parameters and unknown requests are answered as such', async () => {
  for (const [path, status] of [
    ['requests?sort=size', 400],
    ['requests?limit=0', 400],
    ['requests?page=1', 400],
    ['requests/nothing', 404],
    [`requests/${slow.id}?format=xml`, 400],
  ] as const)
    assert.equal((await server.get(`/__profile__/api/v1/${path}`)).status, status, path);
});

test('clear forgets them', async () => {
  const headers = { 'x-profiler': '1' };
  assert.equal((await server.get('/__profile__/api/v1/clear', { method: 'POST', headers })).status, 200);
  assert.deepEqual(((await server.api('requests')) as RequestsAnswer).requests, []);
});
