/** Intake: what rotations bring becomes slices, and no sample or request gets lost or counted twice on the way. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Intake } from '../../../src/collector/intake.ts';
import { routeTotals } from '../../../src/profile/by-route.ts';
import { FLAG_FIRST, type RequestBatch } from '../../../src/request/request-batch.ts';
import { type CpuSegment, SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../../../src/sample/segment.ts';
import type { Slice } from '../../../src/store/contract.ts';
import { batchOf, type Exchange, matched, type Sample, segmentOf } from './segments.ts';
import { drawSamples, samplesIn, symbolizer } from './trees.ts';

/** As Node.js calls it. */
const WORK = 'emit@node:events:518:28 > handle@/app/a.js:1:1';

function intakeOf(): Intake {
  return new Intake({ run: 'run-1', pid: 1, thread: 0, intervalMs: 10, symbolizer: symbolizer() });
}

function take(intake: Intake, segment: CpuSegment | null, batch: RequestBatch): Promise<Slice> {
  return intake.take(segment, matched(segment, batch));
}

/** Samples per route. */
function samplesOf({ tree }: Slice): Record<string, number> {
  return Object.fromEntries([...routeTotals(tree)].map(([route, { samples }]) => [route, samples]));
}

test('a slice has the window of its segment, the trees of its samples and the figures of its requests', async () => {
  const slice = await take(
    intakeOf(),
    segmentOf(
      [
        { stack: WORK, at: 110, slot: 1 },
        { stack: WORK, at: 120 },
      ],
      { from: 100, to: 200 },
    ),
    batchOf([{ slot: 1, start: 105, end: 125, route: 0 }], ['GET /a']),
  );
  assert.deepEqual([slice.from, slice.to], [100, 200]);
  assert.deepEqual(slice.tree.window, { from: 100, to: 200 });
  assert.deepEqual(slice.tree.routes, ['GET /a']);
  assert.equal(slice.tree.requests, 1);
  assert.deepEqual(samplesOf(slice), { 'GET /a': 1, '(background)': 1 });
});

test('durations are those of the requests, in microseconds', async () => {
  const exchanges = [1, 2, 3].map((ms, slot) => ({ slot, start: 10, end: 10 + ms, route: 0 }));
  const { figures } = await take(intakeOf(), null, batchOf(exchanges, ['GET /a']));
  const durations = figures.get('GET /a')?.durations;
  assert.deepEqual([durations?.count, durations?.sum, durations?.min, durations?.max], [3, 6000, 1000, 3000]);
});

test('a clock that was set back makes no negative duration', async () => {
  const { figures } = await take(intakeOf(), null, batchOf([{ slot: 1, start: 10, end: 5, route: 0 }], ['GET /a']));
  assert.equal(figures.get('GET /a')?.durations.min, 0);
});

test('an open request is no request yet', async () => {
  const intake = intakeOf();
  const { figures } = await take(intake, null, batchOf([{ slot: 1, start: 10, route: 0 }], ['GET /a']));
  assert.equal(figures.size, 0);
  assert.deepEqual([intake.open, intake.ended], [1, 0]);
  await take(intake, null, batchOf([{ slot: 1, start: 10, end: 20, route: 0 }]));
  assert.deepEqual([intake.open, intake.ended], [0, 1]);
});

test('routes keep their number over batches', async () => {
  const intake = intakeOf();
  await take(intake, null, batchOf([], ['GET /a', 'GET /b']));
  const { figures } = await take(
    intake,
    null,
    batchOf(
      [
        { slot: 1, start: 0, end: 1, route: 2 },
        { slot: 2, start: 0, end: 1, route: 1 },
      ],
      ['GET /c'],
    ),
  );
  assert.deepEqual([...figures.keys()].sort(), ['GET /b', 'GET /c']);
});

test('resumed functions stand below their callers whether or not waits are traced', async () => {
  const segment = segmentOf(
    [
      { stack: `${WORK} > load@/app/a.js:9:1`, at: 50, slot: 1 },
      {
        stack: 'processTicksAndRejections@node:internal/process/task_queues:85:11 > load@/app/a.js:9:1',
        at: 90,
        slot: 1,
      },
    ],
    { to: 100 },
  );
  const { tree } = await take(intakeOf(), segment, batchOf([{ slot: 1, start: 40, end: 95, route: 0 }], ['GET /a']));
  assert.equal(drawSamples(tree), 'GET /a @route:\n  handle @/app/a.js:1:1\n    load @/app/a.js:9:1 2');
});

test('samples of a request that is not routed yet wait for its route', async () => {
  const intake = intakeOf();
  const first = await take(
    intake,
    segmentOf([{ stack: WORK, at: 100, slot: 1 }], { to: 100 }),
    batchOf([{ slot: 1, start: 40 }], [], 100),
  );
  assert.equal(samplesIn(first.tree), 0);
  const second = await take(
    intake,
    segmentOf([{ stack: WORK, at: 200, slot: 1 }], { from: 100, to: 200 }),
    batchOf([{ slot: 1, start: 40 }], [], 200),
  );
  assert.equal(samplesIn(second.tree), 0);
  assert.equal(intake.heldCpuNs, 20e6);
  const third = await take(
    intake,
    segmentOf([{ stack: WORK, at: 290, slot: 1 }], { from: 200, to: 290 }),
    batchOf([{ slot: 1, start: 40, end: 290, route: 0 }], ['GET /late']),
  );
  assert.deepEqual(samplesOf(third), { 'GET /late': 3 });
  assert.equal(third.tree.nodes.self.cpuNs[2], 30e6);
  assert.equal(intake.heldCpuNs, 0);
});

test('held-back samples of a request that is never heard of again are counted as unresolved', async () => {
  const intake = intakeOf();
  await take(
    intake,
    segmentOf([{ stack: WORK, at: 50, slot: 1 }], { to: 100 }),
    batchOf([{ slot: 1, start: 40 }], [], 100),
  );
  await take(intake, segmentOf([], { from: 100, to: 200 }), batchOf([]));
  assert.equal(intake.counts.unresolved, 1);
});

test('the first request of the process is discarded, figures and samples, and counted', async () => {
  const exchanges = [
    { slot: 1, start: 0, end: 50, route: 0, flags: FLAG_FIRST },
    { slot: 2, start: 0, end: 50, route: 0 },
  ];
  const samples = [1, 1, 2].map((slot, at) => ({ stack: WORK, at: 10 * at, slot }));
  const intake = intakeOf();
  const slice = await take(intake, segmentOf(samples, { to: 100 }), batchOf(exchanges, ['GET /a']));
  assert.equal(slice.tree.requests, 1);
  assert.deepEqual(samplesOf(slice), { 'GET /a': 1 });
  assert.deepEqual([intake.counts.warmup, intake.ended], [2, 2]);
});

test('what the first request does when it has been open for long is no warm-up', async () => {
  const samples = [100, 6000, 6010].map((at) => ({ stack: WORK, at, slot: 1 }));
  const intake = intakeOf();
  const batch = batchOf([{ slot: 1, start: 0, route: 0, flags: FLAG_FIRST }], ['GET /events'], 7000);
  const slice = await take(intake, segmentOf(samples, { to: 7000 }), batch);
  assert.deepEqual(samplesOf(slice), { 'GET /events': 2 });
  assert.equal(intake.counts.warmup, 1);
});

test('what goes on a second after its request’s end is background', async () => {
  const slice = await take(
    intakeOf(),
    segmentOf(
      [
        { stack: WORK, at: 900, slot: 1 },
        { stack: WORK, at: 1200, slot: 1 },
      ],
      { to: 2500 },
    ),
    batchOf([{ slot: 1, start: 0, end: 100, route: 0 }], ['GET /a']),
  );
  assert.deepEqual(samplesOf(slice), { 'GET /a': 1, '(background)': 1 });
});

test('clearing forgets what is held back', async () => {
  const intake = intakeOf();
  await take(
    intake,
    segmentOf([{ stack: WORK, at: 50, slot: 1 }], { to: 100 }),
    batchOf([{ slot: 1, start: 40 }], [], 100),
  );
  intake.clear();
  const slice = await take(intake, null, batchOf([{ slot: 1, start: 40, end: 110, route: 0 }], ['GET /a']));
  assert.equal(samplesIn(slice.tree), 0);
});

test('requests that are never routed are held back up to a bound', async () => {
  const intake = intakeOf();
  const exchanges = Array.from({ length: 1500 }, (_, slot) => ({ slot, start: 1 }));
  const samples = exchanges.map(({ slot }) => ({ stack: WORK, at: 50, slot }));
  await take(intake, segmentOf(samples, { to: 100 }), batchOf(exchanges, [], 100));
  assert.equal(intake.counts.unresolved, 500);
  const routed = exchanges.map((exchange) => ({ ...exchange, end: 110, route: 0 }));
  const slice = await take(intake, segmentOf([], { from: 100, to: 200 }), batchOf(routed, ['GET /a']));
  assert.equal(samplesIn(slice.tree), 1000);
});

const STACKS = [WORK, `${WORK} > query@/app/b.js:2:1`, '(idle)', '(program)', `${WORK} > (garbage collector)`];

/** Rotations of 100 ms with samples of anything, requests that are routed late or never, and segments that fail to come. */
const rotations = fc.array(
  fc.record({
    samples: fc.array(
      fc.record({
        stack: fc.constantFrom(...STACKS),
        after: fc.nat(99),
        slot: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(SLOT_NONE, SLOT_IGNORED, SLOT_PROFILER)),
        cpuMs: fc.oneof(fc.nat(10), fc.constant(Number.NaN)),
      }),
      { maxLength: 12 },
    ),
    untimed: fc.array(fc.constantFrom(...STACKS), { maxLength: 3 }),
    unmatched: fc.nat(3),
    requests: fc.uniqueArray(
      fc.record({
        slot: fc.nat(5),
        lasts: fc.nat(4),
        after: fc.nat(99),
        route: fc.option(fc.nat(2), { nil: undefined }),
        isFirst: fc.boolean(),
      }),
      { selector: ({ slot }) => slot, maxLength: 6 },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

test('property: every sample is in exactly one tree, idle, or counted with its reason; no figure is negative or none', async () => {
  await fc.assert(
    fc.asyncProperty(rotations, async (plan) => {
      const intake = intakeOf();
      let inTrees = 0;
      let taken = 0;
      let open: (Exchange & { endsIn: number })[] = [];
      let names: readonly string[] = ['GET /a', 'GET /b', 'GET /c'];
      const rotate = async (
        at: number,
        samples: readonly Sample[],
        untimed: readonly string[],
        unmatched: number,
        exchanges: readonly Exchange[],
      ): Promise<void> => {
        const segment = segmentOf(samples, { from: at, to: at + 100, untimed, unmatched });
        const slice = await take(intake, segment, batchOf(exchanges, names, at + 100));
        names = [];
        taken += samples.length + untimed.length + unmatched;
        inTrees += samplesIn(slice.tree);
        const { samples: counts, cpuNs, wallNs } = slice.tree.nodes.self;
        for (const column of [counts, cpuNs, wallNs])
          for (const figure of Array.from(column)) assert.ok(Number.isFinite(figure) && figure >= 0, String(figure));
      };
      for (const [number, { samples, untimed, unmatched, requests }] of plan.entries()) {
        const at = number * 100;
        const inUse = new Set(open.map(({ slot }) => slot));
        const begun = requests
          .filter(({ slot }) => !inUse.has(slot))
          .map(({ slot, lasts, after, route, isFirst }) => ({
            slot,
            start: at + after,
            ...(route === undefined ? {} : { route }),
            flags: isFirst && number === 0 ? FLAG_FIRST : 0,
            endsIn: lasts,
          }));
        open = [...open.map((one) => ({ ...one, endsIn: one.endsIn - 1 })), ...begun];
        // What ends has a route at last; one in four requests just vanishes, as when recording is switched off.
        const ended = open
          .filter(({ endsIn }) => endsIn === 0)
          .map((one) => ({ ...one, route: one.route ?? 0, end: at + 99 }));
        open = open.filter(({ endsIn }) => endsIn > 0);
        const reported = [...ended, ...open].filter(({ slot, start }) => (slot + start) % 4 !== 0);
        await rotate(
          at,
          samples.map(({ after, ...sample }) => ({ ...sample, at: at + after })),
          untimed,
          unmatched,
          reported,
        );
      }
      // Nothing is left to hear of: what is held back now is lost, and says so.
      await rotate(plan.length * 100, [], [], 0, []);
      const { total, idle, warmup, ignored, profiler, unresolved, unmatched } = intake.counts;
      assert.equal(total, taken);
      assert.equal(inTrees + idle + warmup + ignored + profiler + unresolved + unmatched, total);
    }),
    { numRuns: 300 },
  );
});
