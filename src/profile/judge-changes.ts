/**
 * Decides which changes are more than chance (docs/adr/0015-diff.md). Two questions are asked of each function: did its time per request
 * change, and did it change more than that of the others? A busy machine makes all functions slower and hides the answer to the first; the
 * second does not notice.
 */

import { deviation, type Reference, referenceOf } from './common-shift.ts';
import { type ComparedFigure, type Pool, pooledRate, poolOf, ratesOf, settled } from './compared-figure.ts';
import { discoveryThreshold, twoSidedP } from './significance.ts';

export type Verdict = 'slower' | 'faster' | 'same';

/** How one figure changed. Times in nanoseconds per unit (a request, or, where requests are not known, all time). */
export interface Change {
  readonly before: number;
  readonly after: number;
  readonly delta: number;
  /** Half the width of the interval around `delta` that holds the true change in 95 of 100 cases; null where nothing is known of it. */
  readonly margin: number | null;
  /** How often chance alone makes a change at least as large; 1 where there are too few samples to ask. */
  readonly p: number;
  readonly verdict: Verdict;
}

/** A function below this share of all time is not worth an alarm. */
const LEAST_SHARE = 0.01;
/** Of both sides together; with fewer samples nothing is said. */
const LEAST_SAMPLES = 20;
/** Of the reported changes, at most this share is chance. */
const FALSE_DISCOVERIES = 0.002;
const QUANTILE_95 = 1.96;

/** @returns a change per test, in their order, and how much all functions changed alike; null where too few can tell. */
export function judge(
  tests: readonly ComparedFigure[],
  all: ComparedFigure,
  leastChange: number,
): { readonly changes: readonly Change[]; readonly all: Change; readonly shift: number | null } {
  const allTime = Math.max(...ratesOf(all));
  const isTested = (test: ComparedFigure): boolean =>
    test.samples >= LEAST_SAMPLES && pooledRate(test) >= LEAST_SHARE * allTime && test.weight > 0;
  const tested = tests.filter(isTested);
  const pool = poolOf(tested);
  const reference = referenceOf(
    tested.filter(({ kind, isNative }) => kind === 'self' && !isNative),
    pool,
    leastChange,
  );
  const answers = new Map(tested.map((test) => [test, answerOf(test, pool, reference, leastChange)]));
  const threshold = discoveryThreshold(distinctP(answers), FALSE_DISCOVERIES);
  const change = (test: ComparedFigure, answer: Answer | undefined, certain: number): Change => {
    const [before, after] = ratesOf(test);
    const delta = after - before;
    const isReported = answer?.isLarge && answer.p <= certain && Math.abs(delta) >= LEAST_SHARE * allTime * leastChange;
    const verdict = isReported ? (delta > 0 ? 'slower' : 'faster') : 'same';
    return { before, after, delta, margin: answer?.margin ?? null, p: answer?.p ?? 1, verdict };
  };
  return {
    changes: tests.map((test) => change(test, answers.get(test), threshold)),
    // One question of its own, not one of many.
    all: change(all, isTested(all) ? answerOf(all, pool, null, leastChange) : undefined, FALSE_DISCOVERIES),
    shift: reference === null ? null : Math.expm1(reference.shiftWithout(null).log),
  };
}

/** Once each: a function that calls nothing has its own time as total. */
function distinctP(answers: ReadonlyMap<ComparedFigure, Answer>): number[] {
  return [...new Map([...answers].map(([{ ns }, { p }]) => [ns.join(), p])).values()];
}

interface Answer {
  readonly p: number;
  readonly margin: number;
  readonly isLarge: boolean;
}

function answerOf(test: ComparedFigure, pool: Pool, reference: Reference | null, leastChange: number): Answer {
  const [before, after] = ratesOf(test);
  const delta = after - before;
  const own = settled(test.dispersion, pool.perRequest, test);
  const [old, now] = test.exposures;
  const rate = pooledRate(test);
  const variance = own.variancePerUnit * test.weight;
  const error = Math.sqrt(variance * rate * (1 / old + 1 / now) + 2 * (test.startSpread * rate) ** 2);
  const margin =
    QUANTILE_95 *
    Math.sqrt(variance * (before / old + after / now) + test.startSpread ** 2 * (before ** 2 + after ** 2));
  const alone = { p: twoSidedP(delta / error, own.degrees), isLarge: Math.abs(delta) >= leastChange * before, margin };
  const beside = reference === null || before === 0 || after === 0 ? null : deviation(test, pool, reference);
  if (beside === null) return alone;
  // A function that stays as it is while all others get faster is no regression.
  const agrees = beside.change * delta > 0 && Math.abs(delta) >= (leastChange * before) / 2;
  const besideIsLarge = agrees && Math.abs(beside.change) >= leastChange;
  // Two questions were asked.
  if (besideIsLarge && beside.p < alone.p) return { p: Math.min(1, 2 * beside.p), isLarge: true, margin };
  return { ...alone, p: Math.min(1, 2 * alone.p) };
}
