import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { discoveryThreshold, twoSidedP } from '../../../src/profile/significance.ts';

test("the tails of Student's distribution are those of the printed tables", () => {
  for (const [statistic, degrees, p] of [
    [12.706, 1, 0.05],
    [2.228, 10, 0.05],
    [3.169, 10, 0.01],
    [2.042, 30, 0.05],
    [1.96, Number.POSITIVE_INFINITY, 0.05],
    [3.291, Number.POSITIVE_INFINITY, 0.001],
    [0, 5, 1],
  ] as const)
    assert.ok(Math.abs(twoSidedP(statistic, degrees) - p) < p * 0.002, `${statistic} ${degrees}`);
});

test('a larger statistic is never more probable, and its sign does not matter', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.integer({ min: 1, max: 500 }),
      (statistic, more, degrees) => {
        const p = twoSidedP(statistic, degrees);
        assert.ok(p >= 0 && p <= 1);
        assert.ok(twoSidedP(statistic + more, degrees) <= p + 1e-12);
        assert.equal(twoSidedP(-statistic, degrees), p);
      },
    ),
  );
});

test("the step-up procedure gives Benjamini and Hochberg's own example its four discoveries", () => {
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];
  assert.equal(discoveryThreshold(published, 0.05), 0.0095);
  assert.equal(discoveryThreshold([0.5, 0.9], 0.05), 0);
});
