/**
 * The requests of a route as JSON, for a comment of a segment file:
 *
 *     {"route":"GET /","requests":9,"errors":0,"durationMicros":{"sum":…,"min":…,"max":…,"zeros":0,"bins":[key,count,key,count,…]}}
 *
 * The bins are those of a DDSketch of 1 % relative accuracy (https://arxiv.org/abs/1908.10693): a key stands for durations of about
 * (101/99)^key microseconds. sketches-js's own protobuf form loses sum, minimum and maximum.
 */

import type { RequestFigures } from './contract.ts';
import { emptyFigures } from './slices.ts';

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
export function figuresFromText(text: string): [route: string, figures: RequestFigures] {
  const value = JSON.parse(text) as Record<string, unknown>;
  const { route, durationMicros } = value;
  const { sum, min, max, zeros, bins } = (durationMicros ?? {}) as Record<string, unknown>;
  if (typeof route !== 'string' || !Array.isArray(bins) || bins.length > 2 * MAX_BINS || bins.length % 2 !== 0)
    throw new Error("a route's figures are not ours");
  const figures = emptyFigures();
  const { durations } = figures;
  figures.requests = finite(value['requests']);
  figures.errors = finite(value['errors']);
  for (let at = 0; at < bins.length; at += 2) {
    const key = finite(bins[at]);
    if (!Number.isInteger(key) || Math.abs(key) > MAX_KEY) throw new Error(`${key} is no bin`);
    durations.store.add(key, finite(bins[at + 1]));
  }
  durations.zeroCount = finite(zeros);
  durations.count = durations.store.count + durations.zeroCount;
  durations.sum = finite(sum);
  if (durations.count > 0) {
    durations.min = finite(min);
    durations.max = finite(max);
  }
  return [route, figures];
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${String(value)} is no figure`);
  return value;
}
