/** What all functions did together: the speed of the machine, or a change of everything. */

import { type ComparedFigure, type Pool, ratesOf, settled } from './compared-figure.ts';
import { twoSidedP } from './significance.ts';

/** What stands for the machine's speed has at least so many functions, and so much of the time of all that could. */
const LEAST = { functions: 3, share: 0.2 };
/** Where one function is more of it than this, a change of that one would look like one of all others. */
const LARGEST_SHARE = 0.5;
/** Whoever is further off than so many standard deviations has changed on its own. */
const FAR_OFF = 3;

/** How the functions that did not change on their own changed together: the machine's speed, or a change of everything. */
export interface Reference {
  /** @param test left out, where it is one of them. @returns the logarithm of the factor, and its variance */
  shiftWithout(test: ComparedFigure | null): { readonly log: number; readonly variance: number };
}

/** Begins with all, and takes away whoever is furthest off, one after the other, until the rest agree. */
export function referenceOf(candidates: readonly ComparedFigure[], pool: Pool, leastChange: number): Reference | null {
  const [first] = candidates;
  if (first === undefined || first.exposures.some((exposure) => exposure <= 0)) return null;
  const members = new Set(candidates.filter(({ ns: [old, now] }) => old > 0 && now > 0));
  const timeOf = (tests: Iterable<ComparedFigure>): number =>
    [...tests].reduce((sum, { ns: [old, now] }) => sum + old + now, 0);
  const least = timeOf(members) * LEAST.share;
  const reference: Reference = {
    shiftWithout: (test) => {
      const used = [...members].filter((member) => member !== test);
      const sides = ([0, 1] as const).map((side) => {
        const sum = used.reduce((all, { ns }) => all + ns[side], 0);
        const variance = used.reduce(
          (all, each) =>
            all + settled(each.shareDispersion, pool.share, each).variancePerUnit * each.weight * each.ns[side],
          0,
        );
        return { rate: sum / first.exposures[side], variance: variance / sum ** 2 };
      });
      const [old, now] = sides;
      return {
        log: Math.log((now?.rate ?? 1) / (old?.rate ?? 1)),
        variance: (old?.variance ?? 0) + (now?.variance ?? 0),
      };
    },
  };
  for (;;) {
    if (members.size < LEAST.functions || timeOf(members) < least) return null;
    const offs = [...members].map((member) => ({ member, ...deviation(member, pool, reference) }));
    const furthest = offs.reduce((a, b) => (Math.abs(b.deviations) > Math.abs(a.deviations) ? b : a));
    if (Math.abs(furthest.deviations) < FAR_OFF || Math.abs(furthest.change) < leastChange) {
      const largest = [...members].reduce((most, member) => Math.max(most, timeOf([member])), 0);
      return largest > timeOf(members) * LARGEST_SHARE ? null : reference;
    }
    members.delete(furthest.member);
  }
}

/** How a function changed beside the others: as a share, in standard deviations, and how often chance does that. */
export function deviation(
  test: ComparedFigure,
  pool: Pool,
  reference: Reference,
): { readonly change: number; readonly deviations: number; readonly p: number } {
  const [old, now] = test.ns;
  const [before, after] = ratesOf(test);
  const shift = reference.shiftWithout(test);
  const log = Math.log(after / before) - shift.log;
  const { variancePerUnit, degrees } = settled(test.shareDispersion, pool.share, test);
  const variance = variancePerUnit * test.weight * (1 / old + 1 / now) + shift.variance + 2 * test.startSpread ** 2;
  const deviations = log / Math.sqrt(variance);
  return { change: Math.expm1(log), deviations, p: twoSidedP(deviations, degrees) };
}
