/** weighSamples: how much wall and CPU time each sample stands for. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { weighSamples } from '../../../src/collector/weigh.ts';
import type { CpuSegment } from '../../../src/sample/segment.ts';

const IDLE = 1;
const MS = 1e6;

/** One character per sample of 10 ms, named for its function, `.` idle; `cpuMs` holds the CPU clock's readings, and slots may be given. */
function segmentOf(
  timeline: string,
  cpuMs: readonly number[],
  slots: readonly number[] = [],
  gapsMs: readonly number[] = [],
): CpuSegment {
  const names = ['.', ...new Set(timeline.replaceAll('.', ''))];
  const nodes = [...timeline].map((name) => names.indexOf(name) + 1);
  const times: number[] = [];
  for (let at = 0; at < timeline.length; at++) times.push((times[at - 1] ?? 0) + (gapsMs[at] ?? 10) * 1000);
  const hits = new Int32Array(names.length + 1);
  for (const node of nodes) hits[node] = (hits[node] ?? 0) + 1;
  return {
    startMicros: 0,
    endMicros: times.at(-1) ?? 0,
    functions: {
      name: names,
      file: names.map(() => ''),
      line: new Int32Array(names.length),
      column: new Int32Array(names.length),
    },
    nodes: {
      parent: Int32Array.from(hits, (_, node) => (node === 0 ? -1 : 0)),
      function: Int32Array.from(hits, (_, node) => node - 1),
      hits,
    },
    samples: {
      node: Int32Array.from(nodes),
      timeMicros: Float64Array.from(times),
      cpuNs: Float64Array.from(cpuMs, (ms) => ms * MS),
      slot: Int32Array.from(nodes, (_, at) => slots[at] ?? 0),
    },
    unmatched: 0,
    threadCpuNs: Number.NaN,
  };
}

/** CPU milliseconds per function. */
function cpuOf(timeline: string, segment: CpuSegment, owedCpuNs = 0): Record<string, number> {
  const { cpuNs } = weighSamples(segment, (node) => node === IDLE, owedCpuNs);
  const sums: Record<string, number> = {};
  [...timeline].forEach((name, at) => {
    sums[name] = (sums[name] ?? 0) + (cpuNs[at] ?? 0);
  });
  return Object.fromEntries(Object.entries(sums).map(([name, ns]) => [name, Math.round(ns / 1000) / 1000]));
}

test('on a busy thread each sample stands for its interval', () => {
  assert.deepEqual(cpuOf('aabab', segmentOf('aabab', [10, 10, 10, 10, 10])), { a: 30, b: 20 });
});

test('CPU time read at idle samples goes to the work that was hit, all of it', () => {
  // Bursts of 2 ms: most run between two samples, and what a hit one had used by then says little.
  const timeline = '..a.....a.';
  assert.deepEqual(cpuOf(timeline, segmentOf(timeline, [2, 2, 1, 1, 2, 2, 2, 2, 1, 1])), { '.': 0, a: 16 });
});

test('work that follows other work after an unseen pause has the same vote as any', () => {
  // Two bursts of a with idleness between them are no stretch of 10 ms, and no reason to count less than b.
  const timeline = 'aa..b..b..';
  assert.deepEqual(cpuOf(timeline, segmentOf(timeline, [3, 3, 3, 3, 3, 3, 3, 3, 3, 3])), { '.': 0, a: 15, b: 15 });
});

test('a call that holds the thread without running gets no CPU time, nor the end of the work before it', () => {
  const timeline = 'aaaabbbbaaaabbbb';
  const readings = [10, 10, 10, 10, 5, 0, 0, 0, 5, 10, 10, 10, 5, 0, 0, 0];
  assert.deepEqual(cpuOf(timeline, segmentOf(timeline, readings)), { a: 85, b: 0 });
});

test('short bursts that are seen twice in a row are not taken for a blocked call', () => {
  const timeline = 'b...b...b...b.bb.b.bb...b...b...bb...b...';
  const segment = segmentOf(
    timeline,
    [...timeline].map(() => 1),
  );
  assert.deepEqual(cpuOf(timeline, segment), { '.': 0, b: timeline.length });
});

test('blocked in one request, busy in the next: only pairs of one request are evidence', () => {
  const timeline = 'bbbbbbbb';
  assert.deepEqual(cpuOf(timeline, segmentOf(timeline, [1, 1, 1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8])), { b: 8 });
});

test('CPU time without any hit is owed to the next segment', () => {
  const unseen = weighSamples(segmentOf('....', [1, 1, 1, 1]), (node) => node === IDLE);
  assert.deepEqual([...unseen.cpuNs], [0, 0, 0, 0]);
  assert.equal(unseen.owedCpuNs, 4 * MS);
  assert.deepEqual(cpuOf('.a..', segmentOf('.a..', [1, 1, 1, 1]), unseen.owedCpuNs), { '.': 0, a: 8 });
});

test('one hit never stands for more than a few intervals: the rest stays owed', () => {
  const { cpuNs, owedCpuNs } = weighSamples(segmentOf('..a.', [1, 1, 1, 1]), (node) => node === IDLE, 500 * MS);
  assert.equal(cpuNs[2], 40 * MS);
  assert.equal(owedCpuNs, 464 * MS);
});

test('what other processes take is lost by the functions that ran then', () => {
  // The same wall time for both, but while b ran the thread got half a CPU.
  const timeline = 'a'.repeat(64) + 'b'.repeat(64);
  const readings = [...timeline].map((name) => (name === 'a' ? 10 : 5));
  assert.deepEqual(cpuOf(timeline, segmentOf(timeline, readings)), { a: 640, b: 320 });
});

test('a reading that is missing, as of V8 in (program), is in the next one', () => {
  assert.deepEqual(cpuOf('apa', segmentOf('apa', [10, Number.NaN, 20])), { a: 20, p: 10 });
});

test('wall time is what has passed since the sample before, and adds up to the segment', () => {
  const segment = segmentOf('aba', [10, 10, 10], [], [10, 30, 20]);
  const { wallNs } = weighSamples(segment, () => false);
  assert.deepEqual([...wallNs], [10 * MS, 30 * MS, 20 * MS]);
});

test('samples without a time get the mean, and the sum is still the segment', () => {
  const segment = segmentOf('aaa', [10, 10, 10]);
  segment.nodes.hits[2] = 4;
  const { wallNs, meanWallNs } = weighSamples(segment, () => false);
  assert.equal(meanWallNs, 7.5 * MS);
  assert.equal(wallNs.reduce((sum, ns) => sum + ns, 0) + meanWallNs, 30 * MS);
});

test('an empty segment weighs nothing', () => {
  const { wallNs, cpuNs, meanWallNs, threadCpuNs } = weighSamples(segmentOf('', []), () => false);
  assert.deepEqual([wallNs.length, cpuNs.length, meanWallNs, threadCpuNs], [0, 0, 0, 0]);
});

test('the thread’s clock over the segment says how much there was, its readings how it was spread', () => {
  const segment = { ...segmentOf('a.b.', [6, 2, 6, 2]), threadCpuNs: 24 * MS };
  assert.deepEqual(cpuOf('a.b.', segment), { a: 12, '.': 0, b: 12 });
  assert.equal(weighSamples(segment, (node) => node === IDLE).threadCpuNs, 24 * MS);
});

test('CPU time of a segment without any reading is owed to the next', () => {
  const segment = { ...segmentOf('..', [0, 0]), threadCpuNs: 3 * MS };
  const { owedCpuNs, threadCpuNs } = weighSamples(segment, (node) => node === IDLE, 2 * MS);
  assert.deepEqual([owedCpuNs, threadCpuNs], [5 * MS, 3 * MS]);
});

test('what taking samples costs an idle thread is the sampler’s, a quarter of the readings being nothing else', () => {
  const timeline = '....a...';
  const segment = segmentOf(timeline, [0.03, 0.03, 0.05, 2, 1, 0.03, 0.02, 0.04]);
  const { cpuNs, tickCpuNs, owedCpuNs } = weighSamples(segment, (node) => node === IDLE);
  // The first sample and the one after work may hold anything.
  assert.equal(Math.round(tickCpuNs), 5 * 0.03 * MS - 0.01 * MS);
  assert.equal(Math.round((cpuNs[4] ?? 0) + owedCpuNs), 3.2 * MS - Math.round(tickCpuNs));
});

test('readings between idle samples that are all larger are work', () => {
  const { tickCpuNs } = weighSamples(segmentOf('....', [0.3, 0.2, 0.2, 0.2]), (node) => node === IDLE);
  assert.equal(tickCpuNs, 0);
});

test('idle samples that came late after work are missed ones; on time, after sleep, and hits are not', () => {
  const missed = (timeline: string, cpuMs: readonly number[], gapsMs: readonly number[]): number =>
    weighSamples(segmentOf(timeline, cpuMs, [], gapsMs), (node) => node === IDLE).missed;
  assert.equal(missed('.....', [0, 0, 2, 0, 0], [10, 10, 11.5, 10, 10]), 1);
  assert.equal(missed('.....', [0, 0, 2, 0, 0], [10, 10, 10.2, 10, 10]), 0, 'on time');
  assert.equal(missed('.....', [0, 0, 1, 0, 0], [10, 10, 11.5, 10, 10]), 0, 'another process ran');
  assert.equal(missed('..a..', [0, 0, 2, 0, 0], [10, 10, 11.5, 10, 10]), 0, 'a hit');
  assert.equal(missed('.....', [0, 0, 9, 0, 0], [10, 10, 20, 10, 10]), 0, 'one sample is lost');
});
