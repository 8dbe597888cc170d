/** KeptRequests: which requests stay, how much of each, and whose time is whose. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { KeptRequests } from '../../../src/collector/kept-requests.ts';
import { Stitcher } from '../../../src/collector/stitcher.ts';
import { Timeline } from '../../../src/collector/timeline.ts';
import type { FunctionInfo } from '../../../src/profile/profile.ts';
import { FLAG_ABORTED } from '../../../src/request/request-batch.ts';
import type { SlowRequest } from '../../../src/request/slow-requests.ts';
import { SLOT_NONE } from '../../../src/sample/segment.ts';

const ROUTE = 'GET /a';
const START = 1_000_000_000;
const HOUR_MICROS = 3_600_000_000;

function info(name: string): FunctionInfo {
  return { name, file: '/app/a.js', line: 1, column: 1, category: 'app' };
}

function keptRequests(): { kept: KeptRequests; timeline: Timeline } {
  const timeline = new Timeline();
  return {
    kept: new KeptRequests({
      pid: 9,
      idPrefix: '9',
      timeline,
      stitcher: new Stitcher(),
      ownerOf: ({ route }) => `route ${route}`,
    }),
    timeline,
  };
}

function slow(micros: number, changed: Partial<SlowRequest> = {}): SlowRequest {
  const startMicros = changed.startMicros ?? START;
  return {
    slot: 1,
    startMicros,
    endMicros: startMicros + micros,
    route: 0,
    method: 'GET',
    url: '/a',
    status: 200,
    flags: 0,
    ...changed,
  };
}

/** A sample of `ms` that ends at `at`, both in milliseconds since START. */
function sample(at: number, ms: number, changed: { slot?: number; requestMicros?: number; route?: number } = {}) {
  return {
    node: 1,
    slot: 1,
    timeMicros: START + at * 1000,
    wallNs: ms * 1e6,
    cpuNs: ms * 1e6,
    requestMicros: START,
    route: 0,
    ...changed,
  };
}

test('of each route the ten slowest stay', () => {
  const { kept } = keptRequests();
  for (let at = 0; at < 25; at++) kept.add(slow(1000 * (1 + ((at * 7) % 25))), ROUTE, undefined);
  kept.add(slow(500), 'GET /b', undefined);
  const durations = kept.all().map(({ route, durationMs }) => `${route} ${durationMs}`);
  assert.equal(durations.length, 11);
  assert.ok(durations.includes('GET /b 0.5') && durations.includes('GET /a 25') && durations.includes('GET /a 16'));
  assert.ok(!durations.includes('GET /a 15'));
});

test('one from more than an hour ago makes room for any', () => {
  const { kept } = keptRequests();
  for (let at = 0; at < 10; at++) kept.add(slow(9_000_000), ROUTE, undefined);
  kept.add(slow(1000, { startMicros: START + 2 * HOUR_MICROS }), ROUTE, undefined);
  assert.equal(kept.all().length, 10);
  assert.equal(kept.all().filter(({ durationMs }) => durationMs === 1).length, 1);
});

test('timelines are bounded: rows of one, and of all together', () => {
  const { kept, timeline } = keptRequests();
  const samples = Array.from({ length: 3000 }, (_, at) => sample(at, at % 2 === 0 ? 1 : 0.5));
  timeline.add(samples, { parent: [-1, 0], shown: [null, info('f')] });
  const routes = Array.from({ length: 150 }, (_, at) => `GET /${at}`);
  for (const [at, route] of routes.entries()) kept.add(slow(3_000_000 + at), route, undefined);
  assert.equal(kept.all()[0]?.samples.atMs.length, 2000);
  // 200,000 rows; the fastest had to go.
  assert.equal(kept.all().length, 100);
  assert.ok(kept.all().every(({ durationMs }) => durationMs >= 3000.05));
});

test('samples are its own, of other requests or of none, and are cut where it begins and ends', () => {
  const { kept, timeline } = keptRequests();
  timeline.add(
    [
      sample(4, 10),
      sample(20, 10),
      // The slot's request before.
      sample(30, 5, { requestMicros: START - 1 }),
      sample(40, 5, { slot: 2, requestMicros: START, route: 1 }),
      sample(50, 5, { slot: 3, requestMicros: START, route: 2 }),
      sample(60, 5, { slot: SLOT_NONE, requestMicros: 0, route: 3 }),
      sample(101, 5),
    ],
    { parent: [-1, 0], shown: [null, info('f')] },
  );
  const waits = [{ startMicros: START + 20_000, endMicros: START + 90_000, functions: [info('f'), info('w')] }];
  kept.add(slow(100_000, { flags: FLAG_ABORTED }), ROUTE, waits);
  const [found] = kept.all();
  assert.ok(found);
  assert.deepEqual(Array.from(found.samples.atMs), [0, 10]);
  assert.deepEqual(Array.from(found.samples.wallMs), [4, 10]);
  assert.deepEqual(
    Array.from(found.others.route, (index) => found.routes[index]),
    ['route 0', 'route 1', 'route 2', 'route 3'],
  );
  assert.deepEqual([found.isAborted, found.isTraced, found.durationMs, found.othersMs], [true, true, 100, 20]);
  assert.deepEqual([found.cpuMs, found.waitMs, found.otherMs], [14, 70, 16]);
});

test('a request that was not traced says so', () => {
  const { kept } = keptRequests();
  kept.add(slow(1000), ROUTE, undefined);
  assert.deepEqual(
    kept.all().map(({ isTraced, waitMs, otherMs }) => [isTraced, waitMs, otherMs]),
    [[false, 0, 1]],
  );
  kept.clear();
  assert.deepEqual(kept.all(), []);
});
