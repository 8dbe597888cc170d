import assert from 'node:assert/strict';
import test from 'node:test';
import { type RotationTimes, rotationP99Ms } from '../../../bench/measure/rotation.ts';

const times = (count: number, p99: number): RotationTimes => ({ count, mean: p99, p50: p99, p99, max: p99 });

test('few rotations: the worst one counts', () => {
  assert.equal(rotationP99Ms([times(2, 0.9), times(3, 1.4), times(2, 0.8)]), 1.4);
});

test('one slow rotation in two hundred stays above the 99th percentile', () => {
  assert.equal(rotationP99Ms([times(199, 1.1), times(1, 7)]), 1.1);
});

test('no rotation has no percentile', () => {
  assert.equal(rotationP99Ms([]), null);
  assert.equal(rotationP99Ms([times(0, 0)]), null);
});
