/** Sums of slices and of the figures in them. */

import { DDSketch } from '@datadog/sketches-js';
import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeProfiles } from '../profile/merge.ts';
import { Blockers } from './blockers.ts';
import type { RequestFigures, Slice } from './contract.ts';

const DURATION_ACCURACY = 0.01;

export function emptyFigures(): RequestFigures {
  return {
    requests: 0,
    errors: 0,
    durations: new DDSketch({ relativeAccuracy: DURATION_ACCURACY }),
    traced: 0,
    coveredMicros: 0,
    blockers: new Blockers(),
  };
}

export function emptySlice(run: string, intervalMs: number, from: number, to: number): Slice {
  const tree = new CallTreeBuilder().build({ run, window: { from, to }, routes: [], requests: 0, intervalMs });
  return { from, to, tree, figures: new Map() };
}

/** @param slices at least one. */
export function mergeSlices(slices: readonly Slice[]): Slice {
  const figures = new Map<string, RequestFigures>();
  for (const slice of slices) addFigures(figures, slice.figures);
  return {
    from: slices.reduce((least, slice) => Math.min(least, slice.from), Number.POSITIVE_INFINITY),
    to: slices.reduce((most, slice) => Math.max(most, slice.to), 0),
    tree: mergeProfiles(slices.map((slice) => slice.tree)),
    figures,
  };
}

export function addFigures(into: Map<string, RequestFigures>, from: ReadonlyMap<string, RequestFigures>): void {
  for (const [route, figures] of from) {
    let sum = into.get(route);
    if (!sum) {
      sum = emptyFigures();
      into.set(route, sum);
    }
    sum.requests += figures.requests;
    sum.errors += figures.errors;
    sum.durations.merge(figures.durations);
    sum.traced += figures.traced;
    sum.coveredMicros += figures.coveredMicros;
    sum.blockers.merge(figures.blockers);
  }
}

export function totalRequests(figures: ReadonlyMap<string, RequestFigures>): number {
  let requests = 0;
  for (const figure of figures.values()) requests += figure.requests;
  return requests;
}

/** Nothing was sampled and no request ended. */
export function isEmptySlice({ tree, figures }: Slice): boolean {
  return figures.size === 0 && tree.nodes.parent.length <= 1;
}
