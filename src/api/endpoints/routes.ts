/** GET api/v1/routes: every route with its requests, durations and time. */

import type { DDSketch } from '@datadog/sketches-js';
import { routeTotals } from '../../profile/by-route.ts';
import { emptyFigures } from '../../store/memory-store.ts';
import { Query } from '../query.ts';
import { json } from '../respond.ts';
import type { DurationFigures, RouteFigures, RoutesAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

const NS_PER_MS = 1e6;

export const routesEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/routes',
  async handle(request, backend) {
    const query = new Query(request.query, ['from', 'to']);
    await backend.refresh();
    const slice = backend.query(query.number('from', 0, 8.64e15), query.number('to', 0, 8.64e15));
    const totals = routeTotals(slice.tree);
    const names = new Set([...slice.figures.keys(), ...totals.keys()]);
    const routes = [...names].map((route): RouteFigures => {
      const { requests, errors, durations } = slice.figures.get(route) ?? emptyFigures();
      const total = totals.get(route);
      const cpuMs = (total?.cpuNs ?? 0) / NS_PER_MS;
      const waitMs = (total?.waitNs ?? 0) / NS_PER_MS;
      return {
        route,
        requests,
        errors,
        durationMs: durationFigures(durations),
        samples: total?.samples ?? 0,
        cpuMs,
        wallMs: (total?.wallNs ?? 0) / NS_PER_MS,
        waitMs,
        otherMs: requests === 0 ? 0 : Math.max(0, durations.sum - cpuMs - waitMs),
      };
    });
    const answer: RoutesAnswer = { routes: routes.sort((a, b) => b.cpuMs - a.cpuMs || b.requests - a.requests) };
    return json(answer);
  },
};

export function durationFigures(durations: DDSketch): DurationFigures {
  if (durations.count === 0) return { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
  const quantile = (q: number): number => Math.min(durations.getValueAtQuantile(q), durations.max);
  return {
    mean: durations.sum / durations.count,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: durations.max,
  };
}
