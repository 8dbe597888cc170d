/** heldUp: which samples of others kept a request from going on. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { heldUp } from '../../../src/collector/held-up.ts';
import type { TimelineSample } from '../../../src/collector/timeline.ts';

const OWN = 1;
const OTHER = 2;
const WITHIN = { startMicros: 0, endMicros: 100_000 };

/** A sample of 10 ms that ends at `ms`. */
function sample(ms: number, slot: number): TimelineSample {
  const frames = { parent: [-1], shown: [null] };
  return { node: 0, slot, timeMicros: ms * 1000, wallNs: 10e6, cpuNs: 10e6, requestMicros: 0, route: 0, frames };
}

function heldAt(
  waits: readonly (readonly [startMs: number, endMs: number])[],
  samples: readonly TimelineSample[],
): Record<number, number> {
  const operations = waits.map(([startMs, endMs]) => ({ startMicros: startMs * 1000, endMicros: endMs * 1000 }));
  const held = heldUp(WITHIN, operations, samples, ({ slot }) => slot === OWN, 10_000);
  return Object.fromEntries(held.map(({ sample: { timeMicros }, ns }) => [timeMicros / 1000, ns / 1e6]));
}

test('what runs without a pause up to the end of a wait holds the request up, what runs earlier does not', () => {
  const samples = [sample(20, OTHER), sample(30, OTHER), sample(60, OTHER), sample(70, OTHER), sample(80, OTHER)];
  assert.deepEqual(heldAt([[0, 84]], samples), { 60: 10, 70: 10, 80: 10 });
});

test('its own work is no delay, and ends the stretch before it', () => {
  const samples = [sample(50, OTHER), sample(60, OWN), sample(70, OTHER)];
  assert.deepEqual(heldAt([[0, 75]], samples), { 70: 10 });
});

test('a wait that ends long after others ran was not held up by them', () => {
  assert.deepEqual(heldAt([[0, 90]], [sample(50, OTHER), sample(60, OTHER)]), {});
});

test('what runs before the wait began is not counted for its end', () => {
  const samples = [sample(40, OTHER), sample(50, OTHER), sample(60, OTHER)];
  assert.deepEqual(
    heldAt(
      [
        [0, 30],
        [45, 62],
      ],
      samples,
    ),
    { 40: 10, 50: 10, 60: 10 },
  );
  assert.deepEqual(
    heldAt(
      [
        [0, 45],
        [45, 62],
      ],
      samples,
    ),
    { 40: 10, 50: 10, 60: 10 },
  );
  assert.deepEqual(
    heldAt(
      [
        [0, 100],
        [45, 62],
      ],
      samples,
    ),
    { 50: 10, 60: 10 },
  );
});

test('outside of all waits every sample of others holds it up, as far as it lies within the request', () => {
  assert.deepEqual(heldAt([], [sample(5, OTHER), sample(50, OTHER), sample(60, OWN)]), { 5: 5, 50: 10 });
});
