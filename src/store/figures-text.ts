/**
 * The requests of a route as JSON, for a comment of a segment file:
 *
 *     {"route":"GET /","requests":9,"errors":0,"durationMicros":{"sum":…,"min":…,"max":…,"zeros":0,"bins":[key,count,key,count,…]},
 *      "traced":3,"coveredMicros":…,
 *      "blockers":[{"route":"GET /hot","name":"burn","systemName":"","file":"/app/server.js","line":3,"column":1,"ns":…,"samples":2}]}
 *
 * The bins are those of a DDSketch of 1 % relative accuracy (https://arxiv.org/abs/1908.10693): a key stands for durations of about
 * (101/99)^key microseconds. sketches-js's own protobuf form loses sum, minimum and maximum.
 */

import { pprofName, pprofSystemName } from '../export/pprof-names.ts';
import type { Blocker } from './blockers.ts';
import type { RequestFigures } from './contract.ts';
import type { KnownFunctions } from './known-functions.ts';

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
  readonly traced: number;
  readonly coveredMicros: number;
  /** The largest. */
  readonly blockers: readonly Blocker[];
}

const MAX_BINS = 4096;
/** Of one route in one file: a day is hundreds of files of hundreds of routes. */
const MAX_BLOCKERS = 8;
/** Of 2^63 microseconds; a sketch keeps a place for every key between its least and its largest. */
const MAX_KEY = 2200;

export function figuresToText(route: string, figures: RequestFigures): string {
  const { requests, errors, durations, traced, coveredMicros, blockers } = figures;
  const { store, sum, min, max, zeroCount, count } = durations;
  const bins: number[] = [];
  for (const [at, filled] of store.bins.entries()) if (filled > 0) bins.push(at + store.offset, filled);
  return JSON.stringify({
    route,
    requests,
    errors,
    // Without durations both ends are infinite, which JSON does not know.
    durationMicros: { sum, min: count === 0 ? 0 : min, max: count === 0 ? 0 : max, zeros: zeroCount, bins },
    traced,
    coveredMicros,
    blockers: blockers.largest(MAX_BLOCKERS).map(({ route: other, info, ns, samples }) => ({
      route: other,
      name: pprofName(info),
      systemName: pprofSystemName(info),
      file: info.file,
      line: info.line,
      column: info.column,
      ns,
      samples,
    })),
  });
}

/** @throws on anything that `figuresToText` has not made. */
export function figuresFromText(text: string, known: KnownFunctions): StoredFigures {
  const value = JSON.parse(text) as Record<string, unknown>;
  const { route, durationMicros, blockers } = value;
  const { sum, min, max, zeros, bins } = (durationMicros ?? {}) as Record<string, unknown>;
  if (typeof route !== 'string' || !Array.isArray(blockers) || blockers.length > MAX_BLOCKERS)
    throw new Error("a route's figures are not ours");
  if (!Array.isArray(bins) || bins.length > 2 * MAX_BINS || bins.length % 2 !== 0)
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
    // Versions before these two had whatever waits were known stand for all.
    traced: finite(value['traced'] ?? 0),
    coveredMicros: finite(value['coveredMicros'] ?? sum),
    blockers: blockers.map((blocker) => blockerFrom(blocker, known)),
  };
}

/** Adds what was read to figures, as merging the sketches would. */
export function addStoredFigures(
  into: RequestFigures,
  { requests, errors, sum, min, max, zeros, bins, traced, coveredMicros, blockers }: StoredFigures,
): void {
  const { durations } = into;
  into.requests += requests;
  into.errors += errors;
  into.traced += traced;
  into.coveredMicros += coveredMicros;
  for (const blocker of blockers) into.blockers.add(blocker);
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

function blockerFrom(value: unknown, known: KnownFunctions): Blocker {
  const { route, name, systemName, file, line, column, ns, samples } = (value ?? {}) as Record<string, unknown>;
  const [own, ...rest] = [route, name, systemName, file].map(String) as [string, string, string, string];
  return {
    route: own,
    info: known.named(...rest, finite(line), finite(column)),
    ns: finite(ns),
    samples: finite(samples),
  };
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${String(value)} is no figure`);
  return value;
}
