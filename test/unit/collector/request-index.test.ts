/** RequestIndex: whose a sample is, from its slot and time. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { RequestIndex } from '../../../src/collector/request-index.ts';
import { FLAG_FIRST } from '../../../src/request/request-batch.ts';
import { batchOf, type Exchange, segmentOf } from './segments.ts';

/** An index after rotations, each with its requests; every sample is of slot 1. */
function indexOf(
  ...rotations: readonly { from: number; to: number; requests: readonly Exchange[]; slot?: number }[]
): RequestIndex {
  const index = new RequestIndex();
  for (const { from, to, requests, slot = 1 } of rotations)
    index.add(batchOf(requests, [], to), segmentOf([{ stack: 'f', at: to, slot }], { from, to }));
  return index;
}

const routeAt = (index: RequestIndex, ms: number, slot = 1): number | undefined => index.find(slot, ms * 1000)?.route;

test('a sample belongs to the request that held its slot at the time', () => {
  const index = indexOf({
    from: 0,
    to: 1000,
    requests: [
      { slot: 1, start: 100, end: 200, route: 0 },
      { slot: 2, start: 150, end: 250, route: 9 },
      { slot: 1, start: 500, end: 600, route: 1 },
    ],
  });
  assert.equal(routeAt(index, 150), 0);
  assert.equal(routeAt(index, 550), 1);
});

test('a batch is let go once no sample can belong to its requests any more', () => {
  const index = new RequestIndex();
  const batches = [1000, 1500, 3000].map((to) => batchOf([{ slot: 1, start: to - 10, end: to, route: 0 }], [], to));
  const [a, b, c] = batches;
  assert.ok(a && b && c);
  const segment = (from: number, to: number) => segmentOf([{ stack: 'f', at: to, slot: 1 }], { from, to });
  assert.deepEqual(index.add(a, segment(0, 1000)), []);
  assert.deepEqual(index.add(b, segment(1000, 1500)), []);
  assert.deepEqual(index.add(c, segment(2200, 3000)), [a]);
  assert.deepEqual(index.add(a, null), [a, c, b]);
  assert.deepEqual(index.add(b, null), [b]);
});

test('what a request left behind is its own until the next one', () => {
  const index = indexOf({
    from: 0,
    to: 1000,
    requests: [
      { slot: 1, start: 100, end: 200, route: 0 },
      { slot: 1, start: 500, end: 600, route: 1 },
    ],
  });
  assert.equal(routeAt(index, 300), 0);
  assert.equal(routeAt(index, 900), 1);
});

test('a sample that seems a little older than its request is the request’s, not its predecessor’s', () => {
  const index = indexOf({
    from: 0,
    to: 1000,
    requests: [
      { slot: 1, start: 100, end: 200, route: 0 },
      { slot: 1, start: 500, end: 600, route: 1 },
    ],
  });
  assert.equal(routeAt(index, 497), 1);
  assert.equal(routeAt(index, 490), 0);
});

test('where clocks disagree by more, the slot’s first request takes the sample', () => {
  assert.equal(
    routeAt(indexOf({ from: 0, to: 1000, requests: [{ slot: 1, start: 500, end: 600, route: 1 }] }), 100),
    1,
  );
});

test('a slot without requests has none', () => {
  assert.equal(
    routeAt(indexOf({ from: 0, to: 1000, requests: [{ slot: 2, start: 0, end: 1, route: 0 }] }), 0),
    undefined,
  );
});

test('the tail of an earlier segment’s request is found, also when the slot has a new request since', () => {
  const index = indexOf(
    { from: 0, to: 1000, requests: [{ slot: 1, start: 900, end: 950, route: 0 }] },
    { from: 1000, to: 2000, requests: [{ slot: 1, start: 1500, end: 1600, route: 1 }] },
  );
  assert.equal(routeAt(index, 1100), 0);
  assert.equal(routeAt(index, 1550), 1);
});

test('a tail is found over several quick rotations, until it ends', () => {
  const quiet = [200, 400, 600, 800, 1000].map((from) => ({ from, to: from + 200, requests: [] }));
  const index = indexOf({ from: 0, to: 200, requests: [{ slot: 1, start: 100, end: 200, route: 0 }] }, ...quiet);
  assert.equal(routeAt(index, 1100), 0);
  index.add(batchOf([]), segmentOf([{ stack: 'f', at: 1500, slot: 1 }], { from: 1300, to: 1500 }));
  assert.equal(routeAt(index, 1400), undefined);
});

test('an open request is what the newest batch says of it', () => {
  const index = indexOf(
    { from: 0, to: 1000, requests: [{ slot: 1, start: 100 }] },
    { from: 1000, to: 2000, requests: [{ slot: 1, start: 100, route: 4 }] },
    { from: 2000, to: 3000, requests: [{ slot: 1, start: 100, end: 2900, route: 5 }] },
  );
  assert.deepEqual(index.find(1, 2_500_000), {
    slot: 1,
    startMicros: 100_000,
    endMicros: 2_900_000,
    route: 5,
    isFirst: false,
  });
});

test('the first request of the process is known', () => {
  const index = indexOf({ from: 0, to: 10, requests: [{ slot: 1, start: 0, end: 1, route: 0, flags: FLAG_FIRST }] });
  assert.equal(index.find(1, 500)?.isFirst, true);
});

test('without a segment nothing is kept', () => {
  const index = indexOf({ from: 0, to: 1000, requests: [{ slot: 1, start: 900, end: 950, route: 0 }] });
  index.add(batchOf([{ slot: 1, start: 1000, end: 1001, route: 1 }]), null);
  assert.equal(routeAt(index, 1000), undefined);
});

test('property: however requests are cut into rotations, a sample in a request finds it', () => {
  const durations = fc.array(fc.tuple(fc.integer({ min: 6, max: 300 }), fc.integer({ min: 1, max: 300 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(durations, fc.integer({ min: 50, max: 1000 }), (gaps, period) => {
      let now = 0;
      const requests = gaps.map(([idle, busy], route) => {
        const start = now + idle;
        now = start + busy;
        return { slot: 1, start, end: now, route };
      });
      const index = new RequestIndex();
      for (let from = 0; from < now; from += period) {
        const to = from + period;
        const ended = requests.filter(({ end }) => end > from && end <= to);
        const open = requests
          .filter(({ start, end }) => start <= to && end > to)
          .map(({ slot, start }) => ({ slot, start }));
        index.add(batchOf([...ended, ...open], [], to), segmentOf([{ stack: 'f', at: to, slot: 1 }], { from, to }));
        for (const { start, end } of requests) {
          const at = (Math.max(start, from) + Math.min(end, to)) / 2;
          if (at <= from || at >= to || at <= start || at >= end) continue;
          assert.equal(index.find(1, at * 1000)?.startMicros, start * 1000);
        }
      }
    }),
  );
});
