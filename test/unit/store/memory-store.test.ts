/** MemoryStore: totals of a whole run, windows of it, and a size that does not depend on how long it runs. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CallTreeBuilder } from '../../../src/profile/call-tree-builder.ts';
import type { RequestFigures, Slice } from '../../../src/store/contract.ts';
import { MemoryStore } from '../../../src/store/memory-store.ts';
import { emptyFigures } from '../../../src/store/slices.ts';
import { parseTree } from '../../helpers/profiles.ts';
import { drawSamples, samplesIn } from '../collector/trees.ts';

const START = 1000;
const storeOf = (): MemoryStore => new MemoryStore('run-1', 10, START);

function figuresOf(durationsMicros: readonly number[], errors = 0): RequestFigures {
  const figures = emptyFigures();
  figures.requests = durationsMicros.length;
  figures.errors = errors;
  for (const duration of durationsMicros) figures.durations.accept(duration);
  return figures;
}

/** One second from `from` on, with as many samples of `handle` in the route. */
function sliceOf(from: number, samples: number, route = 'GET /a', figures = figuresOf([5000])): Slice {
  const window = { from, to: from + 1000 };
  const tree = parseTree(`${route} @route:\n  handle @/app/a.js:1:2 ${samples}`, {
    window,
    routes: [route],
    requests: figures.requests,
  });
  return { ...window, tree, figures: new Map([[route, figures]]) };
}

test('an empty store has an empty profile from its start on', () => {
  const { tree, figures, from, to } = storeOf().query();
  assert.deepEqual([tree.nodes.parent.length, tree.requests, figures.size, from, to], [1, 0, 0, START, START]);
  assert.deepEqual([tree.run, tree.intervalMs], ['run-1', 10]);
});

test('without bounds a query is the sum of everything', () => {
  const store = storeOf();
  store.append(sliceOf(1000, 2));
  store.append(sliceOf(2000, 3, 'GET /b', figuresOf([1000, 2000], 1)));
  store.append(sliceOf(3000, 4));
  const { tree, figures, from, to } = store.query();
  assert.equal(
    drawSamples(tree),
    'GET /a @route:\n  handle @/app/a.js:1:2 6\nGET /b @route:\n  handle @/app/a.js:1:2 3',
  );
  assert.deepEqual([from, to, tree.window], [1000, 4000, { from: 1000, to: 4000 }]);
  assert.deepEqual([tree.requests, tree.routes, store.routeCount], [4, ['GET /a', 'GET /b'], 2]);
  assert.deepEqual([figures.get('GET /b')?.requests, figures.get('GET /b')?.errors], [2, 1]);
});

test('a window is made of the slices that it touches', () => {
  const store = storeOf();
  for (let second = 1; second <= 9; second++) store.append(sliceOf(second * 1000, 1));
  const samplesBetween = (from?: number, to?: number): number => samplesIn(store.query(from, to).tree);
  assert.equal(samplesBetween(3000, 5000), 2);
  assert.equal(samplesBetween(3500, 4500), 2);
  assert.equal(samplesBetween(3000, 3001), 1);
  assert.equal(samplesBetween(8000), 2);
  assert.equal(samplesBetween(undefined, 2000), 1);
  assert.deepEqual(store.query(3500, 4500).tree.window, { from: 3000, to: 5000 });
});

test('a window in which nothing was recorded is empty, and never ends before it begins', () => {
  const store = storeOf();
  store.append(sliceOf(1000, 1));
  for (const [from, to] of [
    [5000, 6000],
    [0, 1000],
    [5000, undefined],
  ] as const) {
    const { tree } = store.query(from, to);
    assert.equal(samplesIn(tree), 0);
    assert.ok(tree.window.from <= tree.window.to);
  }
});

test('clearing begins anew', () => {
  const store = storeOf();
  store.append(sliceOf(1000, 1));
  store.clear(7000);
  assert.equal(store.routeCount, 0);
  assert.deepEqual(store.query().tree.window, { from: 7000, to: 7000 });
  store.append(sliceOf(8000, 2));
  assert.equal(samplesIn(store.query().tree), 2);
  assert.equal(samplesIn(store.query(0).tree), 2);
});

test('what was asked for stays as it was', () => {
  const store = storeOf();
  store.append(sliceOf(1000, 1));
  const before = store.query();
  store.append(sliceOf(2000, 1));
  assert.equal(samplesIn(before.tree), 1);
  assert.equal(samplesIn(store.query().tree), 2);
});

test('merging older slices leaves the newest 20 alone and keeps every sample', () => {
  const store = storeOf();
  for (let second = 1; second <= 1000; second++) store.append(sliceOf(second * 1000, 1));
  assert.equal(samplesIn(store.query().tree), 1000);
  assert.equal(samplesIn(store.query(0).tree), 1000);
  for (let back = 1; back <= 20; back++) assert.equal(samplesIn(store.query((1001 - back) * 1000).tree), back);
  // Further back a window is at most as much too long as the slices have grown.
  assert.ok(samplesIn(store.query(901_000).tree) <= 110);
});

test('after 10,000 slices few are kept, and the sum has them all', () => {
  const store = storeOf();
  for (let second = 1; second <= 10_000; second++) store.append(sliceOf(second * 1000, 1));
  assert.equal(samplesIn(store.query().tree), 10_000);
  assert.equal(store.query().figures.get('GET /a')?.requests, 10_000);
  assert.ok(slicesIn(store) <= 124, `${slicesIn(store)} slices`);
});

test('slices of many routes are kept for a shorter time: their size is bounded, not only their number', () => {
  const store = storeOf();
  const routes = Array.from({ length: 500 }, (_, at) => `GET /${at}`);
  for (let second = 1; second <= 200; second++) {
    const window = { from: second * 1000, to: second * 1000 + 1000 };
    const tree = parseTree(routes.map((route) => `${route} @route: 1`).join('\n'), { window });
    store.append({ ...window, tree, figures: new Map(routes.map((route) => [route, figuresOf([1000])])) });
  }
  assert.ok(slicesIn(store) < 40, `${slicesIn(store)} slices`);
  assert.equal(samplesIn(store.query().tree), 200 * 500);
  assert.equal(samplesIn(store.query(200_000).tree), 500);
});

test('one slice larger than the bound is in the sum all the same', () => {
  const store = storeOf();
  const builder = new CallTreeBuilder({ maxNodes: 700_000 });
  for (let at = 0; at < 620_000; at++)
    builder.addSelf(
      builder.child(
        0,
        builder.addFunction({ name: `f${at % 45_000}`, file: '', line: at, column: 0, category: 'app' }),
      ),
      { samples: 1 },
    );
  const tree = builder.build({ run: 'run-1', window: { from: 0, to: 1 }, routes: [], requests: 0, intervalMs: 10 });
  store.append({ from: 0, to: 1, tree, figures: new Map() });
  assert.equal(samplesIn(store.query().tree), 620_000);
});

test('quantiles of durations survive merging, around one millisecond too', () => {
  // @datadog/sketches-js loses counts when it merges sketches whose highest value is 1 (of whatever unit).
  const store = storeOf();
  const slices = [
    [50, 50, 50],
    [500, 1000, 1000, 1000, 1000, 1000],
    [1, 1000],
  ];
  for (const [at, durations] of slices.entries())
    store.append(sliceOf(1000 * (at + 1), 1, 'GET /a', figuresOf(durations)));
  const all = slices.flat().sort((a, b) => a - b);
  const durations = store.query().figures.get('GET /a')?.durations;
  for (const quantile of [0, 0.25, 0.5, 0.75, 0.99, 1]) {
    const expected = all[Math.floor(quantile * (all.length - 1))] ?? 0;
    const actual = durations?.getValueAtQuantile(quantile) ?? 0;
    assert.ok(Math.abs(actual - expected) <= expected * 0.02, `p${quantile * 100}: ${actual} is not ${expected}`);
  }
});

test('property: totals are those of all slices, however they are merged', () => {
  const durations = fc.array(fc.integer({ min: 2, max: 10_000_000 }), { minLength: 1, maxLength: 5 });
  const parts = fc.array(fc.record({ samples: fc.nat(9), route: fc.constantFrom('GET /a', 'GET /b'), durations }), {
    maxLength: 150,
  });
  fc.assert(
    fc.property(parts, (list) => {
      const store = storeOf();
      for (const [at, part] of list.entries())
        store.append(sliceOf(at * 1000, part.samples, part.route, figuresOf(part.durations)));
      const expected = list.reduce((sum, { samples }) => sum + samples, 0);
      const requests = list.flatMap((part) => part.durations);
      for (const { tree, figures } of [store.query(), store.query(0)]) {
        assert.equal(samplesIn(tree), expected);
        assert.equal(tree.requests, requests.length);
        const all = [...figures.values()];
        assert.equal(
          all.reduce((sum, one) => sum + one.requests, 0),
          requests.length,
        );
        assert.equal(
          all.reduce((sum, one) => sum + one.durations.count, 0),
          requests.length,
        );
        const total = requests.reduce((sum, one) => sum + one, 0);
        assert.ok(Math.abs(all.reduce((sum, one) => sum + one.durations.sum, 0) - total) <= 1e-6 * total);
      }
    }),
    { numRuns: 30 },
  );
});

/** Windows of a thousandth of a second touch one slice each, so different answers are different slices. */
function slicesIn(store: MemoryStore): number {
  const starts = new Set<number>();
  const { to } = store.query();
  for (let at = to - 1; at > 0; ) {
    const { window } = store.query(at, at + 0.001).tree;
    if (samplesIn(store.query(at, at + 0.001).tree) === 0) break;
    starts.add(window.from);
    at = window.from - 0.5;
  }
  return starts.size;
}
