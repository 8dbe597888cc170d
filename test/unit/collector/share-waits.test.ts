/** Sharing a request's time among what it waits for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shareWaits } from '../../../src/collector/share-waits.ts';

const span = (startMicros: number, endMicros: number) => ({ startMicros, endMicros });
const shares = (...args: Parameters<typeof shareWaits>): number[] => [...shareWaits(...args)];

test('an operation alone gets its time, and operations side by side get equal parts of it', () => {
  assert.deepEqual(shares([span(10, 30)], span(0, 100)), [20_000]);
  assert.deepEqual(shares([span(0, 40), span(20, 60)], span(0, 100)), [30_000, 30_000]);
  assert.deepEqual(shares([span(0, 30), span(0, 30), span(0, 30)], span(0, 100)), [10_000, 10_000, 10_000]);
});

test('what lies outside of the request is nobody’s', () => {
  assert.deepEqual(shares([span(-50, 20), span(90, 300), span(200, 300)], span(0, 100)), [20_000, 10_000, 0]);
});

test('what the request ran meanwhile is taken off, in equal parts', () => {
  const ran = [
    { timeMicros: 15, wallNs: 4000 },
    { timeMicros: 70, wallNs: 1000 },
  ];
  assert.deepEqual(shares([span(0, 40), span(0, 40)], span(0, 100), ran), [18_000, 18_000]);
});

test('shares sum to the time in which anything was waited for, and none is negative', () => {
  const operation = fc
    .tuple(fc.integer({ min: -50, max: 150 }), fc.integer({ min: 0, max: 100 }))
    .map(([start, length]) => span(start, start + length));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
      let covered = 0;
      for (let at = 0; at < 100; at++)
        if (operations.some(({ startMicros, endMicros }) => startMicros <= at && endMicros > at)) covered++;
      const found = shares(operations, span(0, 100));
      assert.ok(found.every((share) => share >= -1e-6));
      assert.ok(Math.abs(found.reduce((sum, share) => sum + share, 0) - covered * 1000) < 1e-6 * (1 + covered * 1000));
    }),
  );
});
