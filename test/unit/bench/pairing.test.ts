import assert from 'node:assert/strict';
import test from 'node:test';
import {
  difference,
  pairWithBaseline,
  pairWithItself,
  type Reading,
  ratio,
} from '../../../bench/statistics/pairing.ts';

const reading = (round: number, variant: string, value: number): Reading => ({ round, variant, value });

test('each value is compared with the mean of the baselines of its own round', () => {
  const readings = [
    reading(1, 'bare', 90),
    reading(1, 'agent', 110),
    reading(1, 'bare', 110),
    reading(2, 'bare', 200),
    reading(2, 'agent', 210),
  ];
  assert.deepEqual(pairWithBaseline(readings, 'agent', 'bare', ratio), [1.1, 1.05]);
  assert.deepEqual(pairWithBaseline(readings, 'agent', 'bare', difference), [10, 10]);
});

test('a machine that slows down from round to round does not change the ratios', () => {
  const readings = [1, 2, 3].flatMap((round) => [
    reading(round, 'bare', 100 * round),
    reading(round, 'agent', 125 * round),
  ]);
  assert.deepEqual(pairWithBaseline(readings, 'agent', 'bare', ratio), [1.25, 1.25, 1.25]);
});

test('rounds that lack the variant or the baseline are left out', () => {
  const readings = [reading(1, 'bare', 100), reading(2, 'agent', 100), reading(3, 'bare', 50), reading(3, 'agent', 60)];
  assert.deepEqual(pairWithBaseline(readings, 'agent', 'bare', ratio), [1.2]);
});

test('the noise floor compares the last baseline of a round with its first', () => {
  const readings = [reading(1, 'bare', 100), reading(1, 'agent', 500), reading(1, 'bare', 102), reading(2, 'bare', 70)];
  assert.deepEqual(pairWithItself(readings, 'bare', ratio), [1.02]);
});
