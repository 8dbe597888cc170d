/**
 * Finds the requests that samples belong to, from slot and time. It runs in the host at every rotation, a few hundred times among a hundred thousand
 * requests, and cold: so the long way is left to typed arrays' own search.
 */

import type { RequestRows } from './request-batch.ts';
import { CLOCK_SLACK_MICROS } from './slot.ts';

/** Samples, in no particular order. */
export interface SampleTimes {
  readonly timeMicros: Float64Array;
  /** The request slot that was current, or one of the SLOT_ constants, which are negative. */
  readonly slot: Int32Array;
}

/** Requests that ended, numbered in order of their end; the place of one in the rows of a ring is its number, cut. */
export interface EndedRequests {
  readonly ring: RequestRows;
  readonly first: number;
  readonly next: number;
}

export const NO_REQUEST = -1;

/**
 * @param openSince start of the slot's open request, Infinity where it has none.
 * @returns the number of the request that the slot had at the time, or of the one before: what a request left behind is its own until the next
 *   one. NO_REQUEST where it is the open one's, or nobody's.
 */
export function requestAt(ended: EndedRequests, slot: number, timeMicros: number, openSince: number): number {
  if (timeMicros >= openSince - CLOCK_SLACK_MICROS) return NO_REQUEST;
  const from = firstEndedAt(ended, timeMicros);
  const after = numberOf(ended, slot, from);
  const startMicros = after === NO_REQUEST ? Number.POSITIVE_INFINITY : startOf(ended, after);
  if (timeMicros >= startMicros - CLOCK_SLACK_MICROS) return after;
  const before = lastNumberOf(ended, slot, from - 1);
  // Without one, the clocks disagree by more than they should.
  return before === NO_REQUEST ? after : before;
}

/** @returns the number of the first request that ended at a time or later, `next` if none. */
export function firstEndedAt({ ring, first, next }: EndedRequests, timeMicros: number): number {
  const { endMicros } = ring;
  const mask = endMicros.length - 1;
  let low = first;
  let high = next;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((endMicros[middle & mask] as number) < timeMicros) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startOf({ ring }: EndedRequests, number: number): number {
  return ring.startMicros[number & (ring.slot.length - 1)] as number;
}

/** @returns the number of the slot's first request from a number on. */
function numberOf({ ring, next }: EndedRequests, slot: number, from: number): number {
  const { length } = ring.slot;
  if (from >= next) return NO_REQUEST;
  const at = from & (length - 1);
  const found = ring.slot.indexOf(slot, at);
  const number = found < 0 ? NO_REQUEST : from + found - at;
  if (number !== NO_REQUEST) return number < next ? number : NO_REQUEST;
  // Around the end of the ring.
  const again = ring.slot.indexOf(slot);
  const wrapped = from + length - at + again;
  return again < 0 || wrapped >= next ? NO_REQUEST : wrapped;
}

/** @returns the number of the slot's last request up to a number. */
function lastNumberOf({ ring, first }: EndedRequests, slot: number, to: number): number {
  const { length } = ring.slot;
  if (to < first) return NO_REQUEST;
  const at = to & (length - 1);
  const found = ring.slot.lastIndexOf(slot, at);
  const number = found < 0 ? NO_REQUEST : to + found - at;
  if (number !== NO_REQUEST) return number >= first ? number : NO_REQUEST;
  const again = ring.slot.lastIndexOf(slot);
  const wrapped = to - at - length + again;
  return again < 0 || wrapped < first ? NO_REQUEST : wrapped;
}
