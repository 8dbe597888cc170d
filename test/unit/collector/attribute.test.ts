/** attributeSegment: samples find their route's tree, and each that does not is counted. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { attributeSegment, type Destination, noSamples, type SampleCounts } from '../../../src/collector/attribute.ts';
import { CallTreeBuilder } from '../../../src/profile/call-tree-builder.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { sumColumn } from '../../../src/profile/totals.ts';
import { type CpuSegment, SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../../../src/sample/segment.ts';
import { dedent, METADATA } from '../../helpers/profiles.ts';
import { segmentOf } from './segments.ts';
import { drawSamples, OWN_DIRECTORY, samplesIn, symbolizer } from './trees.ts';

const OWN = `${OWN_DIRECTORY}/agent.cjs`;

interface Attributed {
  readonly tree: Profile;
  readonly pending: Profile;
  readonly counts: SampleCounts;
}

/** @param destinations by slot. */
async function attribute(
  segment: CpuSegment,
  destinations: Readonly<Record<number, Destination>> = {},
): Promise<Attributed> {
  const counts = noSamples();
  const builder = new CallTreeBuilder();
  const pending = new CallTreeBuilder();
  attributeSegment(segment, await symbolizer().symbolize(segment.functions), {
    builder,
    destinationOf: (sample) => destinations[segment.samples.slot[sample] ?? SLOT_NONE] ?? 'unresolved',
    pendingBuilder: () => pending,
    counts,
    sampled: () => {},
  });
  return { tree: builder.build(METADATA), pending: pending.build(METADATA), counts };
}

test('each route has its own tree, and what is no request’s is background', async () => {
  const segment = segmentOf([
    { stack: 'handle@/app/a.js:1:1 > query@/app/b.js:2:1', at: 10, slot: 1 },
    { stack: 'handle@/app/a.js:1:1', at: 20, slot: 1 },
    { stack: 'handle@/app/a.js:1:1 > query@/app/b.js:2:1', at: 30, slot: 2 },
    { stack: 'tick@/app/c.js:3:1', at: 40 },
  ]);
  const { tree, counts } = await attribute(segment, { 1: { route: 'GET /a' }, 2: { route: 'GET /b' } });
  assert.equal(
    drawSamples(tree),
    dedent(`
      GET /a @route:
        handle @/app/a.js:1:1 1
          query @/app/b.js:2:1 1
      GET /b @route:
        handle @/app/a.js:1:1
          query @/app/b.js:2:1 1
      (background) @route:
        tick @/app/c.js:3:1 1
    `),
  );
  assert.equal(counts.total, 4);
});

test('the profiler’s own frames and the storage that they call are folded', async () => {
  const stack = `emit@node:events:5:1 > emitWithProfile@${OWN}:9:1 > run@node:async_hooks:3:1 > apply@${OWN}:7:1 > handle@/app/a.js:1:1`;
  for (const storage of ['node:async_hooks', 'node:internal/async_local_storage/async_context_frame']) {
    const segment = segmentOf([{ stack: stack.replace('node:async_hooks', storage), at: 10, slot: 1 }]);
    const { tree, counts } = await attribute(segment, { 1: { route: 'GET /' } });
    assert.equal(
      drawSamples(tree),
      dedent(`
        GET / @route:
          emit @node:events:5:1
            handle @/app/a.js:1:1 1
      `),
    );
    assert.equal(counts.profilerNs, 0);
  }
});

test('a callback of a request stands at its root, whatever called it for others', async () => {
  const driver = 'read@/app/node_modules/pg/lib/connection.js:3:1';
  const run = `callbackInRequest@${OWN}:20:1 > run@node:async_hooks:3:1 > apply@${OWN}:7:1`;
  const segment = segmentOf([
    { stack: `onread@node:net:1:1 > ${driver}`, at: 10 },
    { stack: `onread@node:net:1:1 > ${driver} > ${run} > render@/app/a.js:5:1 > query@/app/a.js:9:1`, at: 20, slot: 1 },
    { stack: `onread@node:net:1:1 > ${driver} > callbackInRequest@/app/a.js:7:1`, at: 30, slot: 1 },
  ]);
  const { tree } = await attribute(segment, { 1: { route: 'GET /' } });
  assert.equal(
    drawSamples(tree),
    dedent(`
      (background) @route:
        onread @node:net:1:1
          read @/app/node_modules/pg/lib/connection.js:3:1 1
      GET / @route:
        render @/app/a.js:5:1
          query @/app/a.js:9:1 1
        onread @node:net:1:1
          read @/app/node_modules/pg/lib/connection.js:3:1
            callbackInRequest @/app/a.js:7:1 1
    `),
  );
});

test('time in the profiler’s own frames stays visible, below who called them', async () => {
  const segment = segmentOf([
    { stack: `emit@node:events:5:1 > emitWithProfile@${OWN}:9:1`, at: 10, slot: 1 },
    { stack: `emit@node:events:5:1 > emitWithProfile@${OWN}:9:1 > run@node:async_hooks:3:1`, at: 20, slot: 1 },
    { stack: 'emit@node:events:5:1', at: 30, slot: 1 },
  ]);
  const { tree, counts } = await attribute(segment, { 1: { route: 'GET /' } });
  assert.equal(
    drawSamples(tree),
    dedent(`
      GET / @route:
        emit @node:events:5:1 1
          (profiler) 2
    `),
  );
  assert.equal(counts.profilerNs, 20e6);
});

test('the application’s own AsyncLocalStorage is the application’s', async () => {
  const stack = `emitWithProfile@${OWN}:9:1 > handle@/app/a.js:1:1 > run@node:async_hooks:3:1 > inner@/app/a.js:2:1`;
  const { tree } = await attribute(segmentOf([{ stack, at: 10, slot: 1 }]), { 1: { route: 'GET /' } });
  assert.equal(
    drawSamples(tree),
    dedent(`
      GET / @route:
        handle @/app/a.js:1:1
          run @node:async_hooks:3:1
            inner @/app/a.js:2:1 1
    `),
  );
});

test('a folder whose name only begins like the profiler’s is the application’s', async () => {
  const stack = `handle@${OWN_DIRECTORY}-of-mine/a.js:1:1`;
  const { tree } = await attribute(segmentOf([{ stack, at: 10, slot: 1 }]), { 1: { route: 'GET /' } });
  assert.match(drawSamples(tree), /handle/);
});

test('idle samples are in no tree; garbage collection and native code are', async () => {
  const segment = segmentOf([
    { stack: '(idle)', at: 10 },
    { stack: '(program)', at: 20 },
    { stack: 'handle@/app/a.js:1:1 > (garbage collector)', at: 30, slot: 1 },
    { stack: '(idle)@/app/named-like-that.js:1:1', at: 40, slot: 1 },
  ]);
  const { tree, counts } = await attribute(segment, { 1: { route: 'GET /' } });
  assert.equal(counts.idle, 1);
  assert.equal(
    drawSamples(tree),
    dedent(`
      (background) @route:
        (program) 1
      GET / @route:
        handle @/app/a.js:1:1
          (garbage collector) 1
        (idle) @/app/named-like-that.js:1:1 1
    `),
  );
});

test('ignored requests, rotations, warm-up and lost requests are counted apart', async () => {
  const stack = 'f@/app/a.js:1:1';
  const segment = segmentOf(
    [
      { stack, at: 10, slot: SLOT_IGNORED },
      { stack, at: 20, slot: SLOT_PROFILER },
      { stack, at: 30, slot: 1 },
      { stack, at: 40, slot: 2 },
      { stack, at: 50, slot: 2 },
    ],
    { unmatched: 7 },
  );
  const { tree, counts } = await attribute(segment, { 1: 'warmup', 2: 'unresolved' });
  assert.equal(samplesIn(tree), 0);
  const { total, idle, warmup, ignored, profiler, unresolved, unmatched } = counts;
  assert.deepEqual([total, idle, warmup, ignored, profiler, unresolved, unmatched], [12, 0, 1, 1, 1, 2, 7]);
});

test('samples of a request without a route yet are kept apart, without a route level', async () => {
  const request = { slot: 1, startMicros: 0, endMicros: 1, route: 0, flags: 0 };
  const { tree, pending } = await attribute(segmentOf([{ stack: 'handle@/app/a.js:1:1', at: 10, slot: 1 }]), {
    1: { pending: request },
  });
  assert.equal(samplesIn(tree), 0);
  assert.equal(drawSamples(pending), 'handle @/app/a.js:1:1 1');
});

test('hits without a time are background', async () => {
  const segment = segmentOf([{ stack: 'f@/app/a.js:1:1', at: 10, slot: 1 }], {
    from: 0,
    to: 40,
    untimed: ['f@/app/a.js:1:1', 'f@/app/a.js:1:1', '(idle)'],
  });
  const { tree, counts } = await attribute(segment, { 1: { route: 'GET /' } });
  assert.equal(
    drawSamples(tree),
    dedent(`
      GET / @route:
        f @/app/a.js:1:1 1
      (background) @route:
        f @/app/a.js:1:1 2
    `),
  );
  assert.deepEqual([counts.total, counts.idle], [4, 1]);
  assert.equal(sumColumn(tree.nodes.self.wallNs), 30e6);
});

test('a sample of the root itself is its route’s', async () => {
  const segment = segmentOf([{ stack: 'f@/app/a.js:1:1', at: 10, slot: 1 }]);
  segment.samples.node[0] = 0;
  segment.nodes.hits.set([1, 0]);
  const { tree, counts } = await attribute(segment, { 1: { route: 'GET /' } });
  assert.equal(drawSamples(tree), 'GET / @route: 1');
  assert.equal(counts.profilerNs, 0);
});

test('a stack of 50,000 frames is no problem', async () => {
  const stack = Array.from({ length: 50_000 }, (_, depth) => `f${depth % 2}@/app/a.js:${depth % 2}:1`).join(' > ');
  const { tree } = await attribute(segmentOf([{ stack, at: 10, slot: 1 }]), { 1: { route: 'GET /' } });
  assert.equal(tree.nodes.parent.length, 50_002);
});
