/** Reduces the slices of one server to one line of figures per variant. Pure. */

import { type RotationTimes, rotationP99Ms } from '../measure/rotation.ts';
import type { Slice } from '../measure/slice.ts';
import { type Estimate, estimateMedian } from '../statistics/bootstrap.ts';
import { difference, pairWithBaseline, pairWithItself, ratio } from '../statistics/pairing.ts';
import { median } from '../statistics/quantile.ts';
import { BASELINE } from '../variants.ts';

/** One measure: its median, and how it compares with the bare server of the same round. */
export interface Compared {
  readonly absolute: number;
  /** Null when no round has both; for the bare server itself: its second slice of a round against its first. */
  readonly relative: Estimate | null;
}

export interface RotationSummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface VariantSummary {
  readonly server: string;
  readonly variant: string;
  /** CPU microseconds per request; relative: ratio. */
  readonly cpu: Compared;
  /** Microseconds; relative: ratio. */
  readonly p99: Compared;
  /** Requests per second at saturation; relative: ratio. */
  readonly throughput: Compared;
  /** MiB; relative: difference. */
  readonly rss: Compared;
  readonly rotation: RotationSummary | null;
  readonly notes: readonly string[];
}

type Measure = (slice: Slice) => number;
type Compare = (value: number, base: number) => number;

/** In the order in which the variants are named; those without a slice are left out. */
export function summarize(slices: readonly Slice[], variants: readonly string[]): VariantSummary[] {
  return variants.flatMap((variant) => {
    const own = slices.filter((slice) => slice.variant === variant);
    const first = own[0];
    if (first === undefined) return [];
    const compared = (measure: Measure, compare: Compare): Compared => ({
      absolute: median(own.map(measure)),
      relative: relativeTo(slices, variant, measure, compare),
    });
    return [
      {
        server: first.server,
        variant,
        cpu: compared((slice) => slice.cpuMicrosPerRequest, ratio),
        p99: compared((slice) => slice.p99Micros, ratio),
        throughput: compared((slice) => slice.requestsPerSecond, ratio),
        rss: compared((slice) => slice.rssMb, difference),
        rotation: summarizeRotations(own.flatMap((slice) => slice.rotation ?? [])),
        notes: [...new Set(own.flatMap((slice) => slice.notes))],
      },
    ];
  });
}

function relativeTo(slices: readonly Slice[], variant: string, measure: Measure, compare: Compare): Estimate | null {
  const readings = slices.map((slice) => ({ round: slice.round, variant: slice.variant, value: measure(slice) }));
  const pairs =
    variant === BASELINE
      ? pairWithItself(readings, variant, compare)
      : pairWithBaseline(readings, variant, BASELINE, compare);
  return pairs.length === 0 ? null : estimateMedian(pairs);
}

function summarizeRotations(times: readonly RotationTimes[]): RotationSummary | null {
  const p99Ms = rotationP99Ms(times);
  if (p99Ms === null) return null;
  const count = times.reduce((sum, time) => sum + time.count, 0);
  return {
    count,
    meanMs: times.reduce((sum, time) => sum + time.mean * time.count, 0) / count,
    p99Ms,
    maxMs: Math.max(...times.map((time) => time.max)),
  };
}
