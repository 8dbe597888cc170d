/** Cuts what was recorded in a window into slices of time, along the store's own. */

import type { Slice } from '../store/contract.ts';

/** More say little more about how much figures vary, and each is a whole profile. */
const MAX_SLICES = 16;
/** The store has at most so many. */
const MAX_STEPS = 1000;

/**
 * @param query the store's: answers with all slices that overlap a window.
 * @param whole of the window.
 * @returns slices that follow each other; they sum to the whole where the store's own slices do not overlap.
 */
export function timeSlices(query: (from: number, to: number) => Slice, whole: Slice): Slice[] {
  const edges = [whole.from];
  for (let at = whole.from, step = 0; at < whole.to && step < MAX_STEPS; step++) {
    // Whatever lies at this moment, as a whole.
    const next = Math.max(query(at, at + 1).to, at + 1);
    edges.push(next);
    at = next;
  }
  const count = Math.min(MAX_SLICES, edges.length - 1);
  return Array.from({ length: count }, (_, index) => {
    const edge = (position: number): number => edges[Math.round((position * (edges.length - 1)) / count)] ?? whole.to;
    return query(edge(index), edge(index + 1));
  });
}
