import assert from 'node:assert/strict';
import test from 'node:test';
import { median, quantile } from '../../../bench/statistics/quantile.ts';

test('the median of an odd list is its middle value, whatever the order', () => {
  assert.equal(median([9, 1, 5]), 5);
});

test('the median of an even list is the mean of the two middle values', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('a quantile between two values is interpolated, as R and NumPy do by default', () => {
  assert.equal(quantile([10, 20, 30, 40, 50], 0.9), 46);
  assert.equal(quantile([10, 20], 0), 10);
  assert.equal(quantile([10, 20], 1), 20);
});

test('the list itself is left as it was', () => {
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test('an empty list and an impossible quantile are refused', () => {
  assert.throws(() => median([]), RangeError);
  assert.throws(() => quantile([1], 1.5), RangeError);
});
