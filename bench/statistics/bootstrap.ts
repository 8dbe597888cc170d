/** Confidence intervals of medians without an assumption about the distribution. Pure. */

import { median, quantile } from './quantile.ts';
import { seededRandom } from './random.ts';

const RESAMPLES = 4000;
const SEED = 20_240_601;

/** A median with its 95 % confidence interval. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Values that it was computed from. */
  readonly count: number;
}

/**
 * Percentile bootstrap of the median (Efron & Tibshirani 1993, chapter 13). With fewer than about six values it shows little
 * more than their range. The same values always give the same interval.
 * @throws on an empty list
 */
export function estimateMedian(values: readonly number[]): Estimate {
  const random = seededRandom(SEED);
  const medians = Array.from({ length: RESAMPLES }, () => median(resample(values, random)));
  return {
    median: median(values),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
    count: values.length,
  };
}

function resample(values: readonly number[], random: () => number): number[] {
  return values.map((value) => values[Math.floor(random() * values.length)] ?? value);
}
