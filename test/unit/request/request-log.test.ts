/** RequestLog: whose a sample is, from its slot and time, and what a rotation reports. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { FLAG_ABORTED, FLAG_OPEN, NO_ROW, ROUTE_UNKNOWN } from '../../../src/request/request-batch.ts';
import { FULL_LOG, type OpenRequest, RequestLog } from '../../../src/request/request-log.ts';
import type { SampleTimes } from '../../../src/request/sampled-requests.ts';

interface Ended {
  readonly slot?: number;
  /** Milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly route: number;
}

const openOf = (slot: number, startMs: number, route = ROUTE_UNKNOWN): OpenRequest => ({
  slot,
  startMicros: startMs * 1000,
  route,
  flags: 0,
});

/** One sample, of slot 1 unless told. */
const sampleAt = (ms: number, slot = 1): SampleTimes => ({
  slot: Int32Array.of(slot),
  timeMicros: Float64Array.of(ms * 1000),
});

function logOf(...requests: readonly Ended[]): RequestLog {
  const log = new RequestLog();
  addTo(log, requests);
  return log;
}

function addTo(log: RequestLog, requests: readonly Ended[]): void {
  for (const { slot = 1, start, end, route } of requests) log.add(slot, start * 1000, end * 1000, route, 0, false);
}

/** The route of a sample's request, undefined where it has none. */
function routeOf(log: RequestLog, sample: SampleTimes, nowMs: number, open: readonly OpenRequest[] = []): unknown {
  const { rows, sampleRow } = log.take(sample, open, nowMs * 1000, 0);
  assert.equal(sampleRow.length, 1);
  return sampleRow[0] === NO_ROW ? undefined : rows.route[sampleRow[0] as number];
}

const TWO: readonly Ended[] = [
  { start: 100, end: 200, route: 0 },
  { slot: 2, start: 150, end: 250, route: 9 },
  { start: 500, end: 600, route: 1 },
];

test('a sample belongs to the request that held its slot at the time', () => {
  assert.equal(routeOf(logOf(...TWO), sampleAt(150), 1000), 0);
  assert.equal(routeOf(logOf(...TWO), sampleAt(550), 1000), 1);
  assert.equal(routeOf(logOf(...TWO), sampleAt(200, 2), 1000), 9);
});

test('what a request left behind is its own until the next one', () => {
  assert.equal(routeOf(logOf(...TWO), sampleAt(300), 1000), 0);
  assert.equal(routeOf(logOf(...TWO), sampleAt(900), 1000), 1);
});

test('a sample that seems a little older than its request is the request’s, not its predecessor’s', () => {
  assert.equal(routeOf(logOf(...TWO), sampleAt(497), 1000), 1);
  assert.equal(routeOf(logOf(...TWO), sampleAt(490), 1000), 0);
});

test('where clocks disagree by more, the slot’s first request takes the sample', () => {
  assert.equal(routeOf(logOf({ start: 500, end: 600, route: 1 }), sampleAt(100), 1000), 1);
});

test('a slot without requests has none, nor has a context that is no request’s', () => {
  assert.equal(routeOf(logOf({ slot: 2, start: 0, end: 1, route: 0 }), sampleAt(0), 10), undefined);
  // Room that was never written to is of slot 0.
  assert.equal(routeOf(logOf({ slot: 2, start: 0, end: 1, route: 0 }), sampleAt(0, 0), 10), undefined);
  assert.equal(routeOf(logOf(...TWO), sampleAt(150, -1), 1000), undefined);
});

test('an open request has the samples since its start, the one before it those of its tail', () => {
  const before = { start: 100, end: 200, route: 0 };
  assert.equal(routeOf(logOf(before), sampleAt(450), 500, [openOf(1, 400, 7)]), 7);
  assert.equal(routeOf(logOf(before), sampleAt(397), 500, [openOf(1, 400, 7)]), 7);
  assert.equal(routeOf(logOf(before), sampleAt(300), 500, [openOf(1, 400, 7)]), 0);
});

test('the tail of an earlier segment’s request is found, also when the slot has a new request since', () => {
  const log = logOf({ start: 900, end: 950, route: 0 });
  log.take(null, [], 1_000_000, 0);
  addTo(log, [{ start: 1500, end: 1600, route: 1 }]);
  assert.equal(routeOf(log, sampleAt(1100), 2000), 0);
});

test('a tail is found over several quick rotations, until it ends', () => {
  const log = logOf({ start: 100, end: 200, route: 0 });
  for (const now of [200, 400, 600, 800]) log.take(null, [], now * 1000, 0);
  assert.equal(routeOf(log, sampleAt(1100), 1150), 0);
  log.take(null, [], 1_300_000, 0);
  assert.equal(routeOf(log, sampleAt(1400), 1500), undefined);
});

test('rows: what is open, what was, and what was sampled, each once', () => {
  const log = logOf(...TWO);
  log.add(5, 1000, 700_000, 3, FLAG_ABORTED, true);
  const samples = { slot: Int32Array.of(1, 8, 1, 1), timeMicros: Float64Array.of(550_000, 900_000, 560_000, 150_000) };
  const { rows, sampleRow } = log.take(samples, [openOf(8, 640, 4)], 1_000_000, 0);
  assert.deepEqual(
    Array.from(rows.slot, (slot, row) => [slot, rows.startMicros[row], rows.endMicros[row], rows.route[row]]),
    [
      [8, 640_000, 1_000_000, 4],
      [5, 1000, 700_000, 3],
      [1, 500_000, 600_000, 1],
      [1, 100_000, 200_000, 0],
    ],
  );
  assert.deepEqual([...rows.flags], [FLAG_OPEN, FLAG_ABORTED, 0, 0]);
  assert.deepEqual([...sampleRow], [2, 0, 2, 3]);
  assert.equal(log.take(null, [], 1_100_000, 0).rows.slot.length, 0);
});

test('when the clock is set back, what ended before is forgotten at the next rotation', () => {
  const log = logOf({ start: 9_000_000, end: 9_000_050, route: 0 });
  log.take(null, [], 1_000_000, 0);
  addTo(log, [
    { start: 2000, end: 2100, route: 1 },
    { slot: 2, start: 2000, end: 2200, route: 2 },
  ]);
  assert.equal(routeOf(log, sampleAt(2050), 3000), 1);
});

test('size counts what ended since the last rotation', () => {
  const log = logOf(...TWO);
  assert.equal(log.size, 3);
  log.take(null, [], 1_000_000, 0);
  assert.equal(log.size, 0);
});

test('a busy server’s log is bounded, and what was last in it is found', () => {
  const log = new RequestLog();
  const count = 4 * FULL_LOG + 17;
  for (let at = 0; at < count; at++) log.add(at % 1025, at, at + 1, at % 500, 0, false);
  const last = count - 1;
  const oldest = count - 2 * FULL_LOG;
  const samples = {
    slot: Int32Array.of(last % 1025, oldest % 1025, 0),
    timeMicros: Float64Array.of(last + 0.5, oldest + 0.5, 0.5),
  };
  const { rows, sampleRow } = log.take(samples, [], count, 0);
  const startOf = (sample: number): number | undefined => rows.startMicros[sampleRow[sample] ?? NO_ROW];
  assert.deepEqual([startOf(0), startOf(1)], [last, oldest]);
  // Of what is forgotten the slot's next request is the nearest that is known.
  assert.ok((startOf(2) ?? 0) >= oldest);
});

test('after a burst there is less room, with what is still needed in it', () => {
  const log = new RequestLog();
  for (let at = 0; at < 20_000; at++) log.add(at % 1025, at, at + 1, 0, 0, false);
  for (let now = 1; now < 10; now++) log.take(null, [], now * 10_000_000, 0);
  addTo(log, [{ start: 90_000, end: 90_001, route: 6 }]);
  assert.equal(routeOf(log, sampleAt(90_000.5), 90_002), 6);
});

test('of a busy server’s earlier requests those are kept whose slots rest', () => {
  const count = 40_000;
  const resting = 20_000;
  const log = new RequestLog();
  for (let at = 0; at < count; at++) log.add(at, at, at + 1, 0, 0, false);
  log.take(null, [], count, resting);
  const samples = {
    slot: Int32Array.of(count - resting, count - resting - 1),
    timeMicros: new Float64Array(2).fill(count + 1),
  };
  assert.deepEqual([...log.take(samples, [], count + 2, resting).sampleRow], [0, NO_ROW]);
});

/** Requests of three slots, each slot's one after the other: gaps and durations in milliseconds. */
const lanes = fc.array(
  fc.array(fc.tuple(fc.integer({ min: 6, max: 300 }), fc.integer({ min: 1, max: 300 })), {
    minLength: 1,
    maxLength: 60,
  }),
  { minLength: 1, maxLength: 3 },
);

test('property: however requests are cut into rotations, a sample in a request finds it', () => {
  fc.assert(
    fc.property(lanes, fc.integer({ min: 50, max: 1000 }), fc.nat(3000), (plan, period, before) => {
      const requests = plan
        .flatMap((gaps, slot) => {
          let now = 0;
          return gaps.map(([idle, busy], at) => {
            const start = now + idle;
            now = start + busy;
            return { slot, start, end: now, route: slot * 100 + at };
          });
        })
        .sort((a, b) => a.end - b.end);
      const log = new RequestLog();
      // So that the requests lie anywhere in the ring, its end included.
      for (let at = 0; at < before; at++) log.add(1000 + (at % 7), -9e9, -9e9, 0, 0, false);
      log.take(null, [], 0, 0);
      const end = requests.at(-1)?.end ?? 0;
      for (let from = 0; from < end; from += period) {
        const to = from + period;
        addTo(
          log,
          requests.filter((request) => request.end > from && request.end <= to),
        );
        const open = requests
          .filter((request) => request.start <= to && request.end > to)
          .map(({ slot, start, route }) => openOf(slot, start, route));
        const asked = requests.flatMap((request) => {
          const at = (Math.max(request.start, from) + Math.min(request.end, to)) / 2;
          return at > from && at < to && at > request.start && at < request.end ? [{ ...request, at }] : [];
        });
        const samples = {
          slot: Int32Array.from(asked, ({ slot }) => slot),
          timeMicros: Float64Array.from(asked, ({ at }) => at * 1000),
        };
        const { rows, sampleRow } = log.take(samples, open, to * 1000, 0);
        assert.deepEqual(
          Array.from(sampleRow, (row) => rows.route[row]),
          asked.map(({ route }) => route),
        );
      }
    }),
  );
});

test('a ring that was outgrown is given back at once, not at the next full garbage collection', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  const collectYoung = (): void => {
    for (let times = 0; times < 3; times++) collect({ type: 'minor' });
  };
  const log = new RequestLog();
  collectYoung();
  const before = process.memoryUsage().arrayBuffers;
  let added = 0;
  for (let capacity = 1024; capacity <= FULL_LOG; capacity *= 2) {
    while (added < capacity) log.add(1, added, ++added, 0, 0, false);
    // The ring is old when it is outgrown.
    collectYoung();
  }
  const perRequest = (process.memoryUsage().arrayBuffers - before) / FULL_LOG;
  assert.ok(perRequest > 20 && perRequest < 30, `${perRequest} bytes`);
});
