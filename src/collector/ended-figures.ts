/** The figures of the requests that ended between two rotations, by route name. */

import { durationsOf, type FiguresBatch } from '../request/figures-log.ts';
import type { RequestFigures } from '../store/contract.ts';
import { emptyFigures } from '../store/slices.ts';

/** @param routes of this and all earlier batches. */
export function endedFigures(batch: FiguresBatch, routes: readonly string[]): Map<string, RequestFigures> {
  const figures = new Map<string, RequestFigures>();
  for (const { route, requests, errors, sumMicros, minMicros, maxMicros, octaves } of batch.routes) {
    const name = routes[route];
    if (name === undefined) continue;
    const figure = emptyFigures();
    figure.requests = requests;
    figure.errors = errors;
    for (const { micros, count } of durationsOf(octaves)) figure.durations.accept(micros, count);
    // Known exactly; what the sketch has been given is rounded.
    figure.durations.sum = sumMicros;
    figure.durations.min = minMicros;
    figure.durations.max = maxMicros;
    figures.set(name, figure);
  }
  return figures;
}
