/** What of one row of a flame graph is on the screen: boxes, and runs of boxes too narrow to be drawn one by one. */

import type { FlameLayout } from './flame-layout.ts';

/** Consecutive boxes of a row, `first` up to but not including `end`, as positions in the row; more than one where they are merged. */
export interface FlameSpan {
  readonly first: number;
  readonly end: number;
  /** In the metric's unit. */
  readonly from: number;
  readonly to: number;
}

/**
 * Costs a binary search per pixel at most, however many boxes there are.
 * @param unit width of a pixel in the metric's unit; narrower boxes that follow on each other are merged
 */
export function visibleSpans(
  layout: FlameLayout,
  row: Int32Array,
  from: number,
  to: number,
  unit: number,
): FlameSpan[] {
  const { start, width } = layout;
  const startOf = (at: number): number => start[row[at] ?? -1] ?? Number.POSITIVE_INFINITY;
  const endOf = (at: number): number => startOf(at) + (width[row[at] ?? -1] ?? 0);
  const spans: FlameSpan[] = [];
  let at = firstEndingAfter(row.length, endOf, from);
  while (at < row.length && startOf(at) < to) {
    if (endOf(at) - startOf(at) >= unit) {
      spans.push({ first: at, end: at + 1, from: startOf(at), to: endOf(at) });
      at++;
      continue;
    }
    const first = at;
    let end = at;
    // Pixel by pixel: of the boxes that begin within one, only the last can be wide.
    while (
      end < row.length &&
      endOf(end) - startOf(end) < unit &&
      startOf(end) - (end > first ? endOf(end - 1) : startOf(end)) < unit
    ) {
      const pixelEnd = startOf(end) + unit;
      let next = firstEndingAfter(row.length, startOf, pixelEnd, end + 1);
      if (endOf(next - 1) - startOf(next - 1) >= unit) next--;
      end = Math.max(next, end + 1);
      if (startOf(end) >= to) break;
    }
    spans.push({ first, end, from: startOf(first), to: endOf(end - 1) });
    at = end;
  }
  return spans;
}

/** @returns null where no box is */
export function spanAt(spans: readonly FlameSpan[], position: number, unit: number): FlameSpan | null {
  return spans.find((span) => position >= span.from && position < Math.max(span.to, span.from + unit)) ?? null;
}

/** First position from `low` on whose edge lies after `limit`; edges ascend. */
function firstEndingAfter(count: number, edgeOf: (at: number) => number, limit: number, low = 0): number {
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edgeOf(middle) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
