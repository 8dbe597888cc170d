/**
 * Slices of one start of a program are no independent witnesses of what the program does: V8 optimises a function in one way or another and
 * keeps to it, up to twice as fast, until the process ends (docs/adr/0015-diff.md). Where there are enough starts, each start is one slice.
 */

import type { DiffSide } from './diff-figures.ts';
import { mergeProfiles } from './merge.ts';

/** So many on each side show how much starts differ: a function that V8 compiles in one of two ways is all one way on each side in 3 of 100,000 cases. */
export const ENOUGH_STARTS = 8;

export interface Starts {
  /** How often the program was started for each side; profiles without the id of their run count as of one. */
  readonly before: number;
  readonly after: number;
  /** How starts differ: no question within the same ones, `shown` by enough of them, else `assumed`. */
  readonly spread: 'same' | 'shown' | 'assumed';
}

export function startsOf(before: DiffSide, after: DiffSide): Starts {
  const [old, now] = [idsOf(before), idsOf(after)];
  const areSame = !old.has('') && old.size === now.size && [...old].every((id) => now.has(id));
  const areEnough = Math.min(old.size, now.size) >= ENOUGH_STARTS;
  return { before: old.size, after: now.size, spread: areSame ? 'same' : areEnough ? 'shown' : 'assumed' };
}

function idsOf({ profile, slices }: DiffSide): ReadonlySet<string> {
  return new Set((slices.length > 0 ? slices : [profile]).map(({ run }) => run));
}

/** @returns the side with one slice per start, in the order in which they came */
export function byStart({ profile, slices }: DiffSide): DiffSide {
  const starts = [...new Set(slices.map(({ run }) => run))];
  return { profile, slices: starts.map((start) => mergeProfiles(slices.filter(({ run }) => run === start))) };
}
