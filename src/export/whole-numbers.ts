/** Whole numbers for formats that know no others. */

import type { Column } from '../profile/profile.ts';
import type { TreeWalk } from '../profile/tree-walk.ts';

/**
 * Divides a column by a unit and rounds it so that the error does not grow: each entry is the difference of the rounded running
 * sums. With 0.4, 0.4, 0.4 that is 0, 1, 0. Along a depth-first walk every subtree's sum is then less than 1 off.
 */
export function wholeNumbers(column: Column, { order }: TreeWalk, unit = 1): Float64Array {
  const whole = new Float64Array(column.length);
  let sum = 0;
  let rounded = 0;
  for (const node of order) {
    sum += column[node] ?? 0;
    const next = Math.round(sum / unit);
    whole[node] = next - rounded;
    rounded = next;
  }
  return whole;
}
