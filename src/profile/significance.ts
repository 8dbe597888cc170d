/** Which of many measured differences are more than chance: tail probabilities of Student's t, and control of false discoveries. */

const EPSILON = 1e-12;
const TINY = 1e-300;
const MAX_STEPS = 300;

/**
 * @param statistic a difference in units of its standard error.
 * @param degrees of freedom of the standard error; Infinity where it is known.
 * @returns how often chance alone gives a statistic at least this far from 0, either way: from 0 to 1
 */
export function twoSidedP(statistic: number, degrees: number): number {
  if (Number.isNaN(statistic)) return 1;
  if (!Number.isFinite(statistic)) return 0;
  // The normal distribution, as that of so many degrees: they differ by less than the assumptions are off.
  const dof = Math.min(degrees, 1e6);
  return incompleteBeta(dof / (dof + statistic ** 2), dof / 2, 0.5);
}

/**
 * Benjamini and Hochberg's step-up procedure (J. R. Statist. Soc. B 57, 1995): of what it calls a discovery, at most the share `rate` is
 * expected to be chance, however many were tested. Holds for independent tests and for those that rise and fall together.
 * @returns the largest p that counts, 0 where none does
 */
export function discoveryThreshold(pValues: readonly number[], rate: number): number {
  const sorted = [...pValues].sort((a, b) => a - b);
  let threshold = 0;
  for (const [index, p] of sorted.entries()) if (p <= (rate * (index + 1)) / sorted.length) threshold = p;
  return threshold;
}

/** Regularised, by Lentz's continued fraction (Numerical Recipes, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // Converges fast on this side of the mean; the other is its mirror.
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(x, a, b)) / a
    : 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let step = 1; step <= MAX_STEPS; step++) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < EPSILON) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Stirling's series, after moving the argument up to where it is exact to 1e-12. */
function logGamma(value: number): number {
  let shift = 0;
  let x = value;
  for (; x < 12; x++) shift -= Math.log(x);
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
