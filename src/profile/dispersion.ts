/**
 * How much more a figure varies from one slice of time to the next than independent samples would. Samples of one request come in
 * clusters, load and caches change, other programs use the machine: all of that shows in the slices (docs/adr/0015-diff.md).
 */

/** One figure of one side, by slice. */
export interface SlicedFigure {
  /** What was measured in each slice. */
  readonly values: ArrayLike<number>;
  /** What it is in proportion to: requests, or all time. */
  readonly exposures: readonly number[];
}

export interface Dispersion {
  /** Variance by mean, in the figure's unit. */
  readonly variancePerUnit: number;
  readonly degrees: number;
}

/**
 * Pearson's statistic by its degrees of freedom, as for a quasi-Poisson model (McCullagh and Nelder, Generalized Linear Models, 4.5.2):
 * each side has a rate of its own, both have one dispersion.
 * @param arePaired whether slices of the same number were recorded one right after the other: then what met both, a busy or a throttled
 *   machine, is no part of the difference.
 * @returns 0 degrees where there are not two slices with exposure on any side
 */
export function dispersionOf(before: SlicedFigure, after: SlicedFigure, arePaired: boolean): Dispersion {
  const [old, now] = [residuals(before), residuals(after)];
  if (arePaired && old.length === now.length && old.length > 1) {
    const sum = old.reduce((all, residual, index) => all + ((now[index] ?? 0) - residual) ** 2, 0);
    return { variancePerUnit: sum / 2 / (old.length - 1), degrees: old.length - 1 };
  }
  const degrees = Math.max(old.length - 1, 0) + Math.max(now.length - 1, 0);
  const sum = [...old, ...now].reduce((all, residual) => all + residual ** 2, 0);
  return { variancePerUnit: degrees === 0 ? 0 : sum / degrees, degrees };
}

/** How far each slice is from its side's rate, by the square root of what was expected; none where there are not two slices. */
function residuals({ values, exposures }: SlicedFigure): number[] {
  const used = exposures.flatMap((exposure, index) => (exposure > 0 ? [{ exposure, value: values[index] ?? 0 }] : []));
  const total = used.reduce((all, { value }) => all + value, 0);
  const exposed = used.reduce((all, { exposure }) => all + exposure, 0);
  if (used.length < 2) return [];
  return used.map(({ exposure, value }) => {
    const expected = (total * exposure) / exposed;
    return expected > 0 ? (value - expected) / Math.sqrt(expected) : 0;
  });
}

/** Weight of what all functions show together, against one function's own few slices. */
const PRIOR_DEGREES = 8;

/** A few slices say little about one function: its dispersion is drawn towards that of the others. */
export function shrunk(own: Dispersion, others: number): Dispersion {
  const degrees = own.degrees + PRIOR_DEGREES;
  return { variancePerUnit: (own.variancePerUnit * own.degrees + others * PRIOR_DEGREES) / degrees, degrees };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 0 ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
