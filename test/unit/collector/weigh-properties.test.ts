/** weighSamples on simulated threads: nothing is lost or made up, and short bursts are worth what they took. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { weighSamples } from '../../../src/collector/weigh.ts';
import type { CpuSegment } from '../../../src/sample/segment.ts';
import { type Sample, segmentOf } from './segments.ts';

const MS = 1e6;
const INTERVAL_MS = 10;
const IDLE = '(idle)';

function isIdleIn({ nodes, functions }: CpuSegment): (node: number) => boolean {
  return (node) => functions.name[nodes.function[node] ?? -1] === IDLE;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function assertClose(actual: number, expected: number, tolerance: number, what = ''): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not ${expected} ± ${tolerance}`);
}

const anySample = fc.record({
  stack: fc.constantFrom('a', 'b', 'a > b', IDLE, '(program)'),
  at: fc.nat(3000),
  slot: fc.integer({ min: -1, max: 3 }),
  cpuMs: fc.oneof(
    fc.double({ min: 0, max: 30, noNaN: true }),
    fc.double({ min: 0, max: 0.2, noNaN: true }),
    fc.constant(Number.NaN),
  ),
});
const anyMs = fc.double({ min: 0, max: 1000, noNaN: true });
const anySegment = fc.record({
  samples: fc.array(anySample, { maxLength: 200 }),
  untimed: fc.array(fc.constantFrom('a', IDLE), { maxLength: 5 }),
});

test('property: CPU time is neither lost nor made up: it is on samples, or owed', () => {
  fc.assert(
    fc.property(anySegment, anyMs, fc.option(anyMs), ({ samples, untimed }, owedMs, clockMs) => {
      const threadCpuNs = clockMs === null ? Number.NaN : clockMs * MS;
      const segment = { ...segmentOf(samples, { from: 0, to: 3000, untimed }), threadCpuNs };
      const isIdle = isIdleIn(segment);
      const { cpuNs, threadCpuNs: foundNs, owedCpuNs, tickCpuNs } = weighSamples(segment, isIdle, owedMs * MS);
      const readNs = sum(samples.map(({ cpuMs }) => (cpuMs || 0) * MS));
      if (clockMs !== null) assert.equal(foundNs, threadCpuNs);
      // Without a clock: after the last reading it ran as before.
      else assert.ok(foundNs >= readNs - 1 && foundNs <= 2 * readNs + 1, `${foundNs} of ${readNs}`);
      assertClose(sum(cpuNs) + tickCpuNs + owedCpuNs, foundNs + owedMs * MS, 1);
      assert.ok(tickCpuNs >= 0);
      assert.ok(owedCpuNs >= -1);
      for (const [at, ns] of cpuNs.entries()) {
        assert.ok(Number.isFinite(ns) && ns >= 0);
        if (isIdle(segment.samples.node[at] ?? 0)) assert.equal(ns, 0);
      }
    }),
  );
});

test('property: time on the thread adds up to the segment', () => {
  fc.assert(
    fc.property(anySegment, ({ samples, untimed }) => {
      const segment = segmentOf(samples, { from: 0, to: 3000, untimed });
      const { wallNs, meanWallNs } = weighSamples(segment, isIdleIn(segment));
      assert.ok(wallNs.every((ns) => Number.isFinite(ns) && ns >= 0));
      if (samples.length + untimed.length > 0) assertClose(sum(wallNs) + untimed.length * meanWallNs, 3000 * MS, 1000);
    }),
  );
});

test('property: the order in which samples come does not matter', () => {
  const distinct = fc.uniqueArray(anySample, { selector: ({ at }) => at, maxLength: 60 });
  fc.assert(
    fc.property(distinct, (samples) => {
      const weigh = (some: readonly Sample[]): Map<number, number> => {
        const segment = segmentOf(some, { from: 0, to: 3000 });
        const { cpuNs } = weighSamples(segment, isIdleIn(segment));
        return new Map(some.map(({ at }, index) => [at, cpuNs[index] ?? 0]));
      };
      const sorted = weigh([...samples].sort((a, b) => a.at - b.at));
      for (const [at, ns] of weigh([...samples].reverse())) assertClose(ns, sorted.get(at) ?? Number.NaN, 1);
    }),
  );
});

/** Work on a simulated thread: which function runs from when to when, milliseconds. */
interface Burst {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Samples the thread every 10 ms, as V8 and the CPU clock would see it. */
function sampled(bursts: readonly Burst[], lengthMs: number): CpuSegment {
  const samples: Sample[] = [];
  let next = 0;
  for (let at = INTERVAL_MS; at <= lengthMs; at += INTERVAL_MS) {
    let cpuMs = 0;
    let stack = IDLE;
    while (next < bursts.length) {
      const { name, from, to } = bursts[next] as Burst;
      cpuMs += Math.max(0, Math.min(to, at) - Math.max(from, at - INTERVAL_MS));
      if (from <= at && at < to) stack = name;
      if (to > at) break;
      next++;
    }
    samples.push({ stack, at, cpuMs });
  }
  return segmentOf(samples, { from: 0, to: lengthMs });
}

/** CPU milliseconds per function over segments, what is owed carried on. */
function measure(segments: readonly CpuSegment[]): Map<string, number> {
  const measured = new Map<string, number>();
  let owed = 0;
  for (const segment of segments) {
    const { cpuNs, owedCpuNs } = weighSamples(segment, isIdleIn(segment), owed);
    owed = owedCpuNs;
    for (const [at, node] of segment.samples.node.entries()) {
      const name = segment.functions.name[segment.nodes.function[node] ?? -1] ?? '';
      measured.set(name, (measured.get(name) ?? 0) + (cpuNs[at] ?? 0) / MS);
    }
  }
  return measured;
}

const SEGMENT_MS = 2500;

/** Bursts of random order with random pauses around a mean; truth and what was measured, in shares. */
function simulate(
  lengths: Readonly<Record<string, number>>,
  pauseMs: number,
  segments: number,
): Map<string, [number, number]> {
  const random = seededRandom(1);
  const names = Object.keys(lengths);
  const truth = new Map<string, number>();
  const recorded = Array.from({ length: segments }, () => {
    const bursts: Burst[] = [];
    for (let now = random() * pauseMs; now < SEGMENT_MS; ) {
      const name = names[Math.floor(random() * names.length)] as string;
      const to = Math.min(SEGMENT_MS, now + (lengths[name] ?? 0) * (0.5 + random()));
      bursts.push({ name, from: now, to });
      truth.set(name, (truth.get(name) ?? 0) + to - now);
      now = to + 2 * random() * pauseMs;
    }
    return sampled(bursts, SEGMENT_MS);
  });
  const measured = measure(recorded);
  const all = sum(truth.values());
  const shares = names.map((name): [string, [number, number]] => [
    name,
    [(truth.get(name) ?? 0) / all, (measured.get(name) ?? 0) / all],
  ]);
  return new Map(shares);
}

function assertShares(shares: ReadonlyMap<string, [number, number]>, tolerance: number): void {
  for (const [name, [truth, measured]] of shares) assertClose(measured, truth, tolerance, name);
}

test('on a saturated thread the samples’ CPU time is the clock’s', () => {
  const bursts = Array.from({ length: 250 }, (_, at) => ({
    name: at % 3 === 0 ? 'a' : 'b',
    from: at * 10,
    to: at * 10 + 10,
  }));
  const measured = measure([sampled(bursts, SEGMENT_MS)]);
  assertClose(sum(measured.values()), SEGMENT_MS, 1e-6);
});

test('what ran after the last sample of a segment, and is in no reading, counts as what ran before', () => {
  // Segments are no whole number of intervals long.
  const lengthMs = SEGMENT_MS + INTERVAL_MS / 2;
  const bursts = [{ name: 'a', from: 0, to: lengthMs }];
  assertClose(sum(measure([sampled(bursts, lengthMs), sampled(bursts, lengthMs)]).values()), 2 * lengthMs, 1e-6);
});

test('a saturated thread: shares within two points', () => {
  assertShares(simulate({ a: 3, b: 9, c: 30 }, 0, 40), 0.02);
});

test('isolated bursts shorter than the interval count in full, whatever their length', () => {
  assertShares(simulate({ short: 2, longer: 6 }, 60, 300), 0.02);
});

test('half busy, with bursts around the interval', () => {
  assertShares(simulate({ a: 4, b: 8, c: 16 }, 9, 100), 0.02);
});
