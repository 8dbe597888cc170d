/** FiguresLog: counts and durations per route. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { durationsOf, FiguresLog } from '../../../src/request/figures-log.ts';

test('requests are counted per route, errors too, and sums are exact', () => {
  const log = new FiguresLog();
  log.add(3, 1000.5, false);
  log.add(3, 2000.25, true);
  log.add(0, 7, false);
  log.skip();
  const { ended, routes } = log.take();
  assert.equal(ended, 4);
  assert.deepEqual(
    routes.map(({ octaves, ...figures }) => figures),
    [
      { route: 0, requests: 1, errors: 0, sumMicros: 7, minMicros: 7, maxMicros: 7 },
      { route: 3, requests: 2, errors: 1, sumMicros: 3000.75, minMicros: 1000.5, maxMicros: 2000.25 },
    ],
  );
});

test('what was taken is gone, and what was handed over stays as it was', () => {
  const log = new FiguresLog();
  log.add(1, 100, false);
  const first = log.take();
  assert.deepEqual(log.take(), { ended: 0, routes: [] });
  log.add(1, 100, false);
  const again = log.take().routes[0];
  assert.deepEqual([again?.requests, again?.sumMicros], [1, 100]);
  assert.equal(durationsOf(first.routes[0]?.octaves ?? []).length, 1);
});

test('a clock that was set back makes no negative duration', () => {
  const log = new FiguresLog();
  log.add(0, -5, false);
  const [figures] = log.take().routes;
  assert.deepEqual([figures?.sumMicros, figures?.minMicros, figures?.maxMicros], [0, 0, 0]);
});

test('property: every duration is counted once, at most 0.4 % from where it belongs', () => {
  const micros = fc.double({ min: 1, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.array(micros, { minLength: 1, maxLength: 50 }), (durations) => {
      const log = new FiguresLog();
      for (const duration of durations) log.add(0, duration, false);
      const counted = durationsOf(log.take().routes[0]?.octaves ?? []).flatMap(({ micros: value, count }) =>
        Array<number>(count).fill(value),
      );
      const inOrder = durations.toSorted((a, b) => a - b);
      assert.equal(counted.length, inOrder.length);
      for (const [at, value] of counted.entries())
        assert.ok(Math.abs(value / (inOrder[at] as number) - 1) <= 0.004, `${value} for ${inOrder[at]}`);
    }),
  );
});
