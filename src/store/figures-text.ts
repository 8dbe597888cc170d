/**
 * The requests of a route as JSON, for a comment of a segment file:
 *
 *     {"route":"GET /","requests":9,"errors":0,"durationMicros":{"sum":…,"min":…,"max":…,"zeros":0,"bins":[key,count,key,count,…]}}
 *
 * The bins are those of a DDSketch of 1 % relative accuracy (https://arxiv.org/abs/1908.10693): a key stands for durations of about
 * (101/99)^key microseconds. sketches-js's own protobuf form loses sum, minimum and maximum.
 */

import type { RequestFigures } from './contract.ts';

/** What was read: to be added up, and no sketch before that, because there are many. */
export interface StoredFigures {
  readonly route: string;
  readonly requests: number;
  readonly errors: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  /** Key, count, key, count … */
  readonly bins: readonly number[];
}

const MAX_BINS = 4096;
/** Of 2^63 microseconds; a sketch keeps a place for every key between its least and its largest. */
const MAX_KEY = 2200;

export function figuresToText(route: string, { requests, errors, durations }: RequestFigures): string {
  const { store, sum, min, max, zeroCount, count } = durations;
  const bins: number[] = [];
  for (const [at, filled] of store.bins.entries()) if (filled > 0) bins.push(at + store.offset, filled);
  return JSON.stringify({
    route,
    requests,
    errors,
    // Without durations both ends are infinite, which JSON does not know.
    durationMicros: { sum, min: count === 0 ? 0 : min, max: count === 0 ? 0 : max, zeros: zeroCount, bins },
  });
}

/** @throws on anything that `figuresToText` has not made. */
export function figuresFromText(text: string): StoredFigures {
  const value = JSON.parse(text) as Record<string, unknown>;
  const { route, durationMicros } = value;
  const { sum, min, max, zeros, bins } = (durationMicros ?? {}) as Record<string, unknown>;
  if (typeof route !== 'string' || !Array.isArray(bins) || bins.length > 2 * MAX_BINS || bins.length % 2 !== 0)
    throw new Error("a route's figures are not ours");
  for (let at = 0; at < bins.length; at += 2) {
    const key = finite(bins[at]);
    if (!Number.isInteger(key) || Math.abs(key) > MAX_KEY) throw new Error(`${key} is no bin`);
    finite(bins[at + 1]);
  }
  return {
    route,
    requests: finite(value['requests']),
    errors: finite(value['errors']),
    sum: finite(sum),
    min: finite(min),
    max: finite(max),
    zeros: finite(zeros),
    bins: bins as number[],
  };
}

/** Adds what was read to figures, as merging the sketches would. */
export function addStoredFigures(
  into: RequestFigures,
  { requests, errors, sum, min, max, zeros, bins }: StoredFigures,
): void {
  const { durations } = into;
  into.requests += requests;
  into.errors += errors;
  let count = zeros;
  for (let at = 0; at < bins.length; at += 2) {
    durations.store.add(bins[at] as number, bins[at + 1] as number);
    count += bins[at + 1] as number;
  }
  if (count === 0) return;
  durations.zeroCount += zeros;
  durations.count += count;
  durations.sum += sum;
  durations.min = Math.min(durations.min, min);
  durations.max = Math.max(durations.max, max);
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${String(value)} is no figure`);
  return value;
}
