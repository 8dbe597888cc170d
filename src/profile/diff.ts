/**
 * What became slower and what faster between two profiles, function by function, and which of it is more than chance
 * (docs/adr/0015-diff.md).
 */

import { byStart, ENOUGH_STARTS, type Starts, startsOf } from './by-start.ts';
import { comparedFigure, factsOf } from './compared-figure.ts';
import { type DiffFigures, type DiffSide, figuresOf } from './diff-figures.ts';
import { type Change, judge, type Verdict } from './judge-changes.ts';
import { matchFunctions } from './match-functions.ts';
import { mergeProfiles } from './merge.ts';
import type { FunctionInfo, Metric, Profile } from './profile.ts';

export type { Change, DiffSide, Verdict };
export { ENOUGH_STARTS };

export interface DiffOptions {
  readonly metric: Metric;
  /** Changes below this share of what it was before are not reported, however certain. Default DEFAULT_LEAST_CHANGE. */
  readonly leastChange?: number;
}

export interface DiffRow {
  readonly info: FunctionInfo;
  /** Of the whole profiles, not per unit. */
  readonly before: DiffFigures;
  readonly after: DiffFigures;
  readonly self: Change;
  readonly total: Change;
  /** The change of its own time; where that is none, of the time with what it called. */
  readonly verdict: Verdict;
}

export interface ProfileDiff {
  readonly metric: Metric;
  /** What figures are divided by: requests, or, where a side does not know its requests, all its time. */
  readonly unit: 'request' | 'share';
  readonly requests: { readonly before: number; readonly after: number };
  readonly slices: { readonly before: number; readonly after: number };
  readonly starts: Starts;
  readonly leastChange: number;
  /** All functions together. */
  readonly all: Change;
  /** How much the functions that did not change on their own changed together, as a share; null where too few can tell. */
  readonly shift: number | null;
  /** The largest changes first, those that may be chance after all others. */
  readonly rows: readonly DiffRow[];
}

export const DEFAULT_LEAST_CHANGE = 0.05;

export function diffProfiles(first: DiffSide, second: DiffSide, options: DiffOptions): ProfileDiff {
  const { metric, leastChange = DEFAULT_LEAST_CHANGE } = options;
  const starts = startsOf(first, second);
  const [before, after] = starts.spread === 'shown' ? [byStart(first), byStart(second)] : [first, second];
  const matched = matchFunctions(before.profile.functions, after.profile.functions);
  const unit = before.profile.requests > 0 && after.profile.requests > 0 ? 'request' : 'share';
  const sides = [
    figuresOf(before, matched.before, matched.infos.length, metric, unit),
    figuresOf(after, matched.after, matched.infos.length, metric, unit),
  ] as const;
  const facts = factsOf(before, after, starts.spread);
  const selves = matched.infos.map((_, row) => comparedFigure(sides, 'self', row, facts));
  const totals = matched.infos.map((_, row) => comparedFigure(sides, 'total', row, facts));
  const { changes, all, shift } = judge([...selves, ...totals], comparedFigure(sides, 'all', 0, facts), leastChange);
  const rows = matched.infos.map((info, row): DiffRow => {
    const [self, total] = [changes[row] as Change, changes[row + selves.length] as Change];
    const verdict = self.verdict === 'same' ? total.verdict : self.verdict;
    return { info, before: sides[0].rowOf(row), after: sides[1].rowOf(row), self, total, verdict };
  });
  return {
    metric,
    unit,
    requests: { before: before.profile.requests, after: after.profile.requests },
    slices: { before: first.slices.length, after: second.slices.length },
    starts,
    leastChange,
    all,
    shift,
    rows: rows.sort(byChange),
  };
}

/** A side that is known in slices only, such as the rounds of a measurement. */
export function sideOfSlices(slices: readonly Profile[]): DiffSide {
  return { profile: mergeProfiles(slices), slices };
}

function byChange(a: DiffRow, b: DiffRow): number {
  const isChance = (row: DiffRow): number => (row.verdict === 'same' ? 1 : 0);
  const sizeOf = ({ self, total }: DiffRow): number =>
    Math.abs(self.verdict === 'same' && total.verdict !== 'same' ? total.delta : self.delta);
  return isChance(a) - isChance(b) || sizeOf(b) - sizeOf(a);
}
