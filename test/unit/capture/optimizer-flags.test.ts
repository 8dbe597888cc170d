/** Flags of the process that a capture of calls leaves alone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decidesOptimizer } from '../../../src/capture/optimizer-flags.ts';

test('flags that decide what V8 optimises', () => {
  for (const flags of [
    '--no-opt',
    '--noopt',
    '--no_opt',
    '--opt',
    '--jitless',
    '--no-turbofan',
    '--turbo-filter=~',
    '--turbo_filter=hot',
    '--maglev-filter=*',
    '--minimum-invocations-before-optimization=5',
    '--import profiler/register --no-opt --max-old-space-size=100',
  ])
    assert.equal(decidesOptimizer(flags), true, flags);
});

test('flags that do not, though some begin alike', () => {
  for (const flags of [
    '',
    '--optimize-for-size',
    '--no-optimize-for-size',
    '--opt-something',
    '--turbofan-stats',
    '--no-use-osr',
    '--import ./some--no-opt/register.mjs',
    '--max-old-space-size=100 --enable-source-maps',
  ])
    assert.equal(decidesOptimizer(flags), false, flags);
});
