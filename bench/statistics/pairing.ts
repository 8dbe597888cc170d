/** Compares each measurement with the baseline of its own round, so that slow drifts of the machine cancel. Pure. */

/** One figure of one variant in one round. A round may hold several of the same variant. */
export interface Reading {
  readonly round: number;
  readonly variant: string;
  readonly value: number;
}

/**
 * One number per reading of `variant` whose round also has a baseline: `compare(value, mean of that round's baselines)`.
 * Rounds in which either is missing are left out.
 */
export function pairWithBaseline(
  readings: readonly Reading[],
  variant: string,
  baseline: string,
  compare: (value: number, base: number) => number,
): number[] {
  return readings
    .filter((reading) => reading.variant === variant)
    .flatMap((reading) => {
      const bases = readings.filter((other) => other.variant === baseline && other.round === reading.round);
      if (bases.length === 0) return [];
      const base = bases.reduce((sum, other) => sum + other.value, 0) / bases.length;
      return [compare(reading.value, base)];
    });
}

/**
 * The noise floor: compares the last reading of a variant in each round with the first of the same round. Both measured the
 * same thing, so everything beyond "equal" is the machine.
 */
export function pairWithItself(
  readings: readonly Reading[],
  variant: string,
  compare: (value: number, base: number) => number,
): number[] {
  const own = readings.filter((reading) => reading.variant === variant);
  return [...new Set(own.map((reading) => reading.round))].flatMap((round) => {
    const inRound = own.filter((reading) => reading.round === round);
    const first = inRound.at(0);
    const last = inRound.at(-1);
    return first === undefined || last === undefined || first === last ? [] : [compare(last.value, first.value)];
  });
}

export const ratio = (value: number, base: number): number => value / base;

export const difference = (value: number, base: number): number => value - base;
