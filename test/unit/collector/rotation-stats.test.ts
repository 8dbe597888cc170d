/** RotationStats: how long rotations hold the host's thread. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { RotationStats } from '../../../src/collector/rotation-stats.ts';

test('without a rotation everything is zero', () => {
  const stats = new RotationStats();
  stats.add(Number.NaN);
  assert.deepEqual(stats.quantiles(), { count: 0, mean: 0, p50: 0, p99: 0, max: 0 });
  assert.equal(stats.totalMs, 0);
});

test('mean and maximum are exact, quantiles within one percent', () => {
  const stats = new RotationStats();
  for (let at = 1; at <= 100; at++) stats.add(at / 50);
  const { count, mean, p50, p99, max } = stats.quantiles();
  assert.deepEqual([count, max], [100, 2]);
  assert.ok(Math.abs(mean - 1.01) < 1e-9);
  assert.ok(Math.abs(p50 - 1) < 0.03);
  assert.ok(Math.abs(p99 - 1.98) < 0.03);
  assert.ok(p99 <= max);
  assert.ok(Math.abs(stats.totalMs - 101) < 1e-9);
});
