/** GET api/v1/routes: every route with its requests, durations and time. */

import type { DDSketch } from '@datadog/sketches-js';
import { NO_REST, restInTree, routeTotals, sumRest } from '../../profile/by-route.ts';
import type { Blocker, Blockers } from '../../store/blockers.ts';
import { restOfTime } from '../../store/slice-profile.ts';
import { emptyFigures } from '../../store/slices.ts';
import { Query } from '../query.ts';
import { json } from '../respond.ts';
import { PART_PARAMETERS, selectionOf } from '../selection.ts';
import type { DurationFigures, RouteFigures, RoutesAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

const NS_PER_MS = 1e6;
const MICROS_PER_MS = 1000;
const MAX_BLOCKERS = 5;
const LEAST_SAMPLES = 3;
/** What found no room below a route of its own in a full tree. */
const NO_ROUTE = '(truncated)';

export const routesEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/routes',
  async handle(request, backend) {
    const selection = selectionOf(new Query(request.query, PART_PARAMETERS), backend);
    await backend.refresh(selection);
    const slice = await backend.query(selection);
    const totals = routeTotals(slice.tree);
    const inTree = restInTree(slice.tree);
    const names = new Set([...slice.figures.keys(), ...totals.keys()]);
    const routes = [...names].map((route): RouteFigures => {
      const figures = slice.figures.get(route) ?? emptyFigures();
      const { requests, errors, durations, traced, blockers } = figures;
      const { samples = 0, cpuNs = 0, wallNs = 0, waitNs = 0 } = totals.get(route) ?? {};
      const known = inTree.get(route) ?? NO_REST;
      const rest = sumRest([restOfTime(figures, cpuNs, waitNs), known]);
      return {
        route: route || NO_ROUTE,
        requests,
        errors,
        durationMs: durationFigures(durations),
        samples,
        cpuMs: cpuNs / NS_PER_MS,
        wallMs: wallNs / NS_PER_MS,
        waitMs: (waitNs - known.otherNs - known.notTracedNs) / NS_PER_MS,
        otherMs: rest.otherNs / NS_PER_MS,
        notTracedMs: rest.notTracedNs / NS_PER_MS,
        tracedRequests: traced,
        blockedBy: seenOften(blockers).map(({ route: other, info: { name, file, line, column }, ns, samples }) => ({
          route: other,
          name,
          file,
          line,
          column,
          ms: ns / NS_PER_MS,
          samples,
        })),
      };
    });
    const answer: RoutesAnswer = { routes: routes.sort((a, b) => b.cpuMs - a.cpuMs || b.requests - a.requests) };
    return json(answer);
  },
};

/** One sample is chance, above all where a few traced requests stand for many. */
function seenOften(blockers: Blockers): Blocker[] {
  return blockers
    .largest()
    .filter(({ samples }) => samples >= LEAST_SAMPLES)
    .slice(0, MAX_BLOCKERS);
}

/** @param durations in microseconds. */
function durationFigures(durations: DDSketch): DurationFigures {
  const { count, sum, max } = durations;
  if (count === 0) return { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
  const quantileMs = (q: number): number => Math.min(durations.getValueAtQuantile(q), max) / MICROS_PER_MS;
  return {
    mean: sum / count / MICROS_PER_MS,
    p50: quantileMs(0.5),
    p95: quantileMs(0.95),
    p99: quantileMs(0.99),
    max: max / MICROS_PER_MS,
  };
}
