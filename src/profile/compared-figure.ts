/** One figure of one function on both sides, with what its slices say about how much it varies. */

import type { Starts } from './by-start.ts';
import type { DiffSide, SideFigures } from './diff-figures.ts';
import { type Dispersion, dispersionOf, median, shrunk } from './dispersion.ts';
import type { Profile } from './profile.ts';

/**
 * Two starts of one program differ by so much, as standard deviations of shares of a function's time: V8 optimises in another order, memory
 * lies elsewhere; the kernel's part depends on what else the machine does. Slices of one process do not show it, and without those of several
 * nobody can know it. `script` is that of steady functions (1.3 to 2.0 %, by the clock, in 24 pairs of starts); a few others differ by far more.
 */
const START_SPREAD = { script: 0.015, native: 0.15 };
const NS_PER_MS = 1e6;
/** Windows begin at a sampling interval's end, and processes read their clocks at different times. */
const CLOCK_SLACK_MS = 20;

/** What is the same for all functions of a comparison. */
export interface Facts {
  readonly intervalNs: number;
  readonly arePaired: boolean;
  readonly startSpread: Starts['spread'];
}

export function factsOf(before: DiffSide, after: DiffSide, startSpread: Starts['spread']): Facts {
  return {
    intervalNs: Math.max(before.profile.intervalMs * NS_PER_MS, 1),
    arePaired: arePaired(before.slices, after.slices),
    startSpread,
  };
}

/** Whether the slices were recorded in turns: each pair ends before the next one begins. */
function arePaired(before: readonly Profile[], after: readonly Profile[]): boolean {
  if (before.length !== after.length || before.length < 2) return false;
  const pairs = before.map((slice, index) => ({ old: slice.window, now: (after[index] ?? slice).window }));
  return pairs.every(({ old, now }, index) => {
    const next = pairs[index + 1];
    return next === undefined || Math.max(old.to, now.to) <= Math.min(next.old.from, next.now.from) + CLOCK_SLACK_MS;
  });
}

/** One figure on both sides. Variances are in samples: 1 where each came alone and by chance. */
export interface ComparedFigure {
  readonly kind: 'self' | 'total' | 'all';
  readonly ns: readonly [number, number];
  /** What the rates are per, on each side. */
  readonly exposures: readonly [number, number];
  readonly samples: number;
  /** Nanoseconds that one sample stands for. */
  readonly weight: number;
  /** Of the time per request. */
  readonly dispersion: Dispersion;
  /** Of the share of all time. */
  readonly shareDispersion: Dispersion;
  /** Each slice is a start. */
  readonly areStarts: boolean;
  /** Standard deviation between starts, as a share. */
  readonly startSpread: number;
  readonly isNative: boolean;
}

export function comparedFigure(
  [before, after]: readonly [SideFigures, SideFigures],
  kind: ComparedFigure['kind'],
  row: number,
  { intervalNs, arePaired, startSpread }: Facts,
): ComparedFigure {
  const [old, now] = [before.figure(kind, row), after.figure(kind, row)];
  const counted = old.samples + now.samples;
  const ns = old.ns + now.ns;
  const nativeNs = old.nativeNs + now.nativeNs;
  // A file without a count of samples has at least its interval.
  const weight = counted > 0 ? ns / counted : intervalNs;
  const inSamples = ({ variancePerUnit, degrees }: Dispersion): Dispersion => ({
    variancePerUnit: weight > 0 ? variancePerUnit / weight : 1,
    degrees,
  });
  // The kernel's part is another in each minute of the same process, too.
  const script = startSpread === 'same' ? 0 : START_SPREAD.script;
  const spread = Math.hypot(script * (ns - nativeNs), START_SPREAD.native * nativeNs) / Math.max(ns, 1);
  const dispersion = (exposures: 'sliceExposures' | 'sliceTotals'): Dispersion =>
    inSamples(
      dispersionOf(
        { values: old.slices, exposures: before[exposures] },
        { values: now.slices, exposures: after[exposures] },
        arePaired,
      ),
    );
  return {
    kind,
    ns: [old.ns, now.ns],
    exposures: [before.exposure, after.exposure],
    samples: counted > 0 ? counted : ns / intervalNs,
    weight,
    dispersion: dispersion('sliceExposures'),
    shareDispersion: dispersion('sliceTotals'),
    areStarts: startSpread === 'shown',
    startSpread: startSpread === 'shown' ? 0 : spread,
    isNative: nativeNs > ns / 2,
  };
}

/** Medians over all functions, which those of few slices are drawn to. */
export interface Pool {
  readonly perRequest: number;
  readonly share: number;
}

export function poolOf(tested: readonly ComparedFigure[]): Pool {
  const of = (key: 'dispersion' | 'shareDispersion'): number => {
    const known = tested.flatMap((test) => (test[key].degrees > 0 ? [test[key].variancePerUnit] : []));
    return known.length === 0 ? 1 : median(known);
  };
  return { perRequest: of('dispersion'), share: of('shareDispersion') };
}

/** Never below 1: fewer slices than it takes can look more regular than chance. */
export function settled(
  own: Dispersion,
  others: number,
  { samples, areStarts, exposures: [old, now] }: ComparedFigure,
): Dispersion {
  // What differs from start to start more than others, such as a function that V8 compiles in one of two ways, does so by its nature.
  const shown = areStarts && own.variancePerUnit > others ? own : shrunk(own, others);
  const { variancePerUnit, degrees } =
    own.degrees > 0 ? shown : { variancePerUnit: clustered(samples, old + now), degrees: Number.POSITIVE_INFINITY };
  return { variancePerUnit: Math.max(variancePerUnit, 1), degrees };
}

/**
 * Without slices: the samples of requests whose times spread like an exponential distribution. Then their sum over n requests, with k
 * samples each, has 1 + k times the variance of a Poisson count. Of a share, whose exposure is in nanoseconds, that adds nothing.
 */
function clustered(samples: number, exposure: number): number {
  return 1 + samples / exposure;
}

export function ratesOf({ ns: [old, now], exposures }: ComparedFigure): [number, number] {
  return [old / exposures[0], now / exposures[1]];
}

export function pooledRate({ ns: [old, now], exposures }: ComparedFigure): number {
  return (old + now) / (exposures[0] + exposures[1]);
}
