import assert from 'node:assert/strict';
import test from 'node:test';
import { estimateMedian } from '../../../bench/statistics/bootstrap.ts';
import { seededRandom } from '../../../bench/statistics/random.ts';

/** Sum of three uniform numbers: bell-shaped, median 0. */
const noisy = (count: number, seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random() + random() + random() - 1.5);
};

test('equal values leave no doubt', () => {
  assert.deepEqual(estimateMedian([1.02, 1.02, 1.02]), { median: 1.02, low: 1.02, high: 1.02, count: 3 });
});

test('the interval holds the median and lies within the values', () => {
  const values = noisy(15, 1);
  const { low, median, high, count } = estimateMedian(values);
  assert.ok(Math.min(...values) <= low && low <= median && median <= high && high <= Math.max(...values));
  assert.equal(count, 15);
});

test('the same values give the same interval', () => {
  assert.deepEqual(estimateMedian(noisy(9, 4)), estimateMedian(noisy(9, 4)));
});

test('more values give a narrower interval', () => {
  const width = (count: number): number => {
    const { low, high } = estimateMedian(noisy(count, 2));
    return high - low;
  };
  assert.ok(width(200) < width(10) / 2);
});

test('about 95 % of the intervals hold the true median', () => {
  const runs = 80;
  const holding = Array.from({ length: runs }, (_, run) => estimateMedian(noisy(21, run * 7919 + 13))).filter(
    ({ low, high }) => low <= 0 && 0 <= high,
  ).length;
  assert.ok(holding / runs > 0.88, `${holding} of ${runs}`);
});

test('one wild value hardly moves the estimate', () => {
  const values = [1.01, 1.02, 1.02, 1.03, 1.02, 1.01, 1.02];
  const disturbed = estimateMedian([...values, 9]);
  assert.ok(Math.abs(disturbed.median - estimateMedian(values).median) < 0.01);
});

test('nothing measured is an error, not a number', () => {
  assert.throws(() => estimateMedian([]), RangeError);
});
