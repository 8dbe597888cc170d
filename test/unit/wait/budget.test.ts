/** How many requests are traced follows from what tracing costs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBudget } from '../../../src/wait/budget.ts';

/** A process that is busy all the time, and the budget of its tracing. */
function busy(random?: () => number): { readonly budget: TraceBudget; pass(ms: number): void } {
  let micros = 0;
  const clock = { nowMicros: () => micros, cpuMicros: () => micros };
  return {
    budget: new TraceBudget(true, clock, random),
    pass(ms) {
      micros += ms * 1000;
    },
  };
}

test('without a limit every request is traced, whatever it costs', () => {
  const budget = new TraceBudget(false, { nowMicros: () => 0, cpuMicros: () => 0 });
  budget.spend(1e9);
  assert.deepEqual([budget.share, budget.admits('GET', '/'), budget.take(), budget.take()], [1, true, 1e9, 0]);
});

test('where tracing costs nothing, all requests are traced soon', () => {
  const { budget, pass } = busy();
  for (let at = 0; at < 10; at++) {
    pass(1000);
    budget.take();
  }
  assert.equal(budget.share, 1);
});

test('a busy server settles at half a percent of its CPU time', () => {
  const { budget, pass } = busy();
  let spentMicros = 0;
  // Tracing every request would take a third of the time.
  for (let ms = 0; ms < 60_000; ms++) {
    pass(1);
    const micros = 333 * budget.share;
    budget.spend(micros);
    if (ms >= 10_000) spentMicros += micros;
    if (ms % 2500 === 0) budget.take();
  }
  const share = spentMicros / 50e6;
  assert.ok(share > 0.0035 && share < 0.0065, String(share));
});

test('a server that gets busy at once is left alone within milliseconds', () => {
  const { budget, pass } = busy();
  for (let at = 0; at < 10; at++) {
    pass(1000);
    budget.take();
  }
  for (let ms = 0; ms < 50; ms++) {
    pass(1);
    budget.spend(900 * budget.share);
  }
  assert.ok(budget.share < 0.1, String(budget.share));
});

test('of requests unlike any before three are traced beyond the share, two between two looks', () => {
  const { budget, pass } = busy(() => 1);
  const admitted = (url: string): number =>
    Array.from({ length: 100 }, (_, at) => budget.admits('GET', `${url}/${at}`)).filter(Boolean).length;
  pass(1);
  const counts = ['/api/users', '/api/users', '/api/orders'].map((url) => {
    const count = admitted(url);
    budget.take();
    return count;
  });
  assert.deepEqual(counts, [2, 1, 2]);
});
