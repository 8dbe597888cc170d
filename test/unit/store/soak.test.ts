/** The short form of `npm run bench:store -- soak`: neither memory nor disk grow with the time that a server runs. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { soak } from '../../../bench/store/soak.ts';

test('hours of 500 routes, and of stacks that become others: memory is flat, and the disk stays within retention', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const base = mkdtempSync(join(tmpdir(), 'profiler-soak-'));
  const bytes = 300_000;
  const options = { routes: 500, stacks: 60, functions: 500, requestsPerSecond: 50, seed: 9 };
  try {
    const points = await soak(base, { ...options, hours: 4, churn: 0.05, bytes }, gc);
    const [first, last] = [points[0], points.at(-1)];
    assert.ok(first && last && points.length === 4);
    for (const { diskBytes } of points) assert.ok(diskBytes <= bytes, JSON.stringify(points));
    assert.ok(last.diskBytes > bytes / 2, `the bound was never reached: ${JSON.stringify(points)}`);
    assert.ok(last.idleBytes < 1.1 * first.idleBytes, JSON.stringify(points));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
