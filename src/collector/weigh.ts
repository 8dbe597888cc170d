/**
 * Says how much time each sample stands for (docs/adr/0003). Time on the thread: what has passed since the sample before it. CPU time: the
 * thread's CPU clock, read at each sample, says how much there was, and the samples vote on whose it was. A reading cannot be booked on
 * the sample that it came with: between two samples of a server that is not saturated, other work ran unseen.
 */

import { median } from '../profile/dispersion.ts';
import type { CpuSegment } from '../sample/segment.ts';

/** Votes are counted over so many samples at a time, so that a share of the CPU lost to other processes for a while is lost by all alike. */
const VOTE_SAMPLES = 64;
/** A vote stands for this many sampling intervals at most; CPU time beyond is owed until more votes come. */
const MAX_INTERVALS_PER_VOTE = 4;
/** A function is blocked when it runs for less than this share of the CPU time that it should have. */
const BLOCKED_SHARE = 0.25;
/** As many pairs of samples must agree on it. */
const LEAST_PAIRS = 3;
/** What the clock was not read for may at most double what it was read for. */
const MAX_UNREAD_FACTOR = 2;
/** An idle thread that only wakes to be sampled uses less than this, nanoseconds. */
const MAX_TICK_NS = 100_000;
/** A sample is late when it comes so long after its time, nanoseconds; by half an interval more, one before it is lost. */
const LATE_NS = 500_000;

export interface SampleWeights {
  /** Time on the thread per timed sample, nanoseconds. */
  readonly wallNs: Float64Array;
  /** The same for one of the samples that carry no time. */
  readonly meanWallNs: number;
  /** CPU time per timed sample, nanoseconds; 0 for idle ones. */
  readonly cpuNs: Float64Array;
  /** The thread's CPU time over the segment, nanoseconds. */
  readonly threadCpuNs: number;
  /** CPU time for which no sample could vote yet, nanoseconds: for the next segment. */
  readonly owedCpuNs: number;
  /** CPU time that the sampler itself took of an idle thread, nanoseconds: it is woken, its stack is looked at, it goes back to sleep. */
  readonly tickCpuNs: number;
  /** Idle samples that came late, after work that they would have hit. */
  readonly missed: number;
}

/** A timed sample and the stretch of time before it. */
interface Reading {
  readonly index: number;
  readonly node: number;
  readonly slot: number;
  readonly isIdle: boolean;
  readonly passedNs: number;
  /** CPU time of the thread in `passedNs`; V8 books that of a `(program)` sample on the next one. */
  readonly cpuNs: number;
  /** Whether the sample before it was idle as well. */
  readonly isAfterIdle: boolean;
}

/** @param owedCpuNs of the segment before. */
export function weighSamples(segment: CpuSegment, isIdle: (node: number) => boolean, owedCpuNs = 0): SampleWeights {
  const readings = readingsOf(segment, isIdle);
  const hits = segment.nodes.hits.reduce((sum, nodeHits) => sum + nodeHits, 0);
  const segmentNs = (segment.endMicros - segment.startMicros) * 1000;
  const meanWallNs = hits === 0 ? 0 : segmentNs / hits;
  const wallNs = new Float64Array(readings.length);
  const cpuNs = new Float64Array(readings.length);

  // The samples without a time took their part of the gaps, and nothing is sampled after the last sample.
  const timedNs = meanWallNs * readings.length;
  const passedNs = readings.reduce((sum, reading) => sum + reading.passedNs, 0);
  for (const { index, passedNs: gapNs } of readings)
    wallNs[index] = passedNs > 0 ? (gapNs * timedNs) / passedNs : meanWallNs;

  const voteOf = votes(segment, readings);
  const readNs = readings.reduce((sum, { cpuNs: readingNs }) => sum + readingNs, 0);
  const threadCpuNs = Number.isNaN(segment.threadCpuNs)
    ? readNs * unreadFactorOf(segment, readings)
    : segment.threadCpuNs;
  // Without any reading there is nothing to share it by.
  const factor = readNs < 1 ? 0 : threadCpuNs / readNs;
  let owedNs = owedCpuNs + (factor === 0 ? threadCpuNs : 0);
  const tickNsOf = ticks(readings);
  const tickCpuNs = readings.reduce((sum, reading) => sum + tickNsOf(reading), 0) * factor;
  for (let from = 0; from < readings.length; from += VOTE_SAMPLES) {
    const voting = readings.slice(from, from + VOTE_SAMPLES);
    const sum = voting.reduce((total, reading) => total + voteOf(reading), 0);
    owedNs += voting.reduce((total, reading) => total + reading.cpuNs - tickNsOf(reading), 0) * factor;
    const eachNs = sum === 0 ? 0 : Math.min(owedNs / sum, MAX_INTERVALS_PER_VOTE * meanWallNs);
    for (const reading of voting) cpuNs[reading.index] = eachNs * voteOf(reading);
    // Rounding must not leave a debt.
    owedNs = Math.max(0, owedNs - eachNs * sum);
  }
  return { wallNs, meanWallNs, cpuNs, threadCpuNs, owedCpuNs: owedNs, tickCpuNs, missed: missedIn(readings) };
}

/** In order of time. */
function readingsOf({ samples, startMicros }: CpuSegment, isIdle: (node: number) => boolean): Reading[] {
  const { timeMicros } = samples;
  const order = Uint32Array.from(timeMicros, (_, index) => index);
  order.sort((a, b) => (timeMicros[a] as number) - (timeMicros[b] as number));
  let previousMicros = startMicros;
  let isAfterIdle = false;
  return Array.from(order, (index) => {
    const micros = timeMicros[index] as number;
    const passedNs = Math.max(0, micros - previousMicros) * 1000;
    previousMicros = micros;
    const node = samples.node[index] as number;
    const reading = {
      index,
      node,
      slot: samples.slot[index] as number,
      isIdle: isIdle(node),
      passedNs,
      cpuNs: samples.cpuNs[index] || 0,
      isAfterIdle,
    };
    isAfterIdle = reading.isIdle;
    return reading;
  });
}

/**
 * What to make of the readings where the clock is read at samples only: the next segment's count from its own start, so what the thread did after the last,
 * half an interval on average, is in neither. It is taken to have been as busy then as before.
 */
function unreadFactorOf({ samples, startMicros, endMicros }: CpuSegment, readings: readonly Reading[]): number {
  const last = readings.findLast(({ index }) => !Number.isNaN(samples.cpuNs[index]));
  const readMicros = last ? (samples.timeMicros[last.index] as number) - startMicros : 0;
  if (readMicros <= 0) return 1;
  return Math.min(MAX_UNREAD_FACTOR, Math.max(1, (endMicros - startMicros) / readMicros));
}

/**
 * Taking a sample wakes an idle thread, which costs it tens of microseconds. Where it idles for whole intervals, a quarter of the readings between idle samples or more hold
 * nothing else.
 */
function ticks(readings: readonly Reading[]): (reading: Reading) => number {
  const isTick = ({ isIdle, isAfterIdle }: Reading): boolean => isIdle && isAfterIdle;
  const inOrder = readings
    .filter(isTick)
    .map(({ cpuNs }) => cpuNs)
    .sort((a, b) => a - b);
  const usualNs = inOrder[inOrder.length >> 2] ?? 0;
  if (usualNs > MAX_TICK_NS) return () => 0;
  return (reading) => (isTick(reading) ? Math.min(reading.cpuNs, usualNs) : 0);
}

/**
 * Where the sampled thread is on the only core that is free, the sampling thread waits for it, and finds it idle: such samples come late, and the thread ran
 * for as long as they waited, at least.
 */
function missedIn(readings: readonly Reading[]): number {
  const usualNs = median(readings.map(({ passedNs }) => passedNs));
  return readings.filter(({ isIdle, passedNs, cpuNs }) => {
    const lateNs = passedNs - usualNs;
    return isIdle && lateNs >= LATE_NS && lateNs < usualNs / 2 && cpuNs >= lateNs;
  }).length;
}

/**
 * Every sample that is not idle has one vote, unless its function is blocked: in a call that holds the thread without running
 * (`readFileSync`, `Atomics.wait`) two samples follow each other in the same place and the CPU clock stands still between them. Calls that
 * come again and again look the same from two samples; but the more such pairs a function has, the more of the time it must run.
 */
function votes({ nodes }: CpuSegment, readings: readonly Reading[]): (reading: Reading) => number {
  const evidence = new Map<number, { samples: number; pairs: number; passedNs: number; cpuNs: number }>();
  const functionOf = (reading: Reading): number => nodes.function[reading.node] as number;
  let busyNs = 0;
  let busyCpuNs = 0;
  let previous: Reading | undefined;
  for (const reading of readings) {
    if (!reading.isIdle) {
      let seen = evidence.get(functionOf(reading));
      if (!seen) {
        seen = { samples: 0, pairs: 0, passedNs: 0, cpuNs: 0 };
        evidence.set(functionOf(reading), seen);
      }
      seen.samples++;
      if (previous && !previous.isIdle) {
        busyNs += reading.passedNs;
        busyCpuNs += reading.cpuNs;
      }
      if (previous && previous.node === reading.node && previous.slot === reading.slot) {
        seen.pairs++;
        seen.passedNs += reading.passedNs;
        seen.cpuNs += reading.cpuNs;
      }
    }
    previous = reading;
  }
  const votesByFunction = new Map<number, number>();
  for (const [key, { samples, pairs, passedNs, cpuNs }] of evidence) {
    if (pairs < LEAST_PAIRS || passedNs === 0 || busyCpuNs === 0) continue;
    const share = cpuNs / passedNs / (pairs / samples) / (busyCpuNs / busyNs);
    if (share < BLOCKED_SHARE) votesByFunction.set(key, share);
  }
  return (reading) => (reading.isIdle ? 0 : (votesByFunction.get(functionOf(reading)) ?? 1));
}
