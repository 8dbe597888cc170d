/** The profile that a slice shows of some routes, with what is left of their requests' time as a frame of its own. */

import { routeTotals, selectRoutes } from '../profile/by-route.ts';
import type { Profile } from '../profile/profile.ts';
import type { Slice } from './contract.ts';

const NS_PER_MICROSECOND = 1000;

/** @param wanted the routes to sum, null for all. */
export function sliceProfile({ tree, figures }: Slice, wanted: ReadonlySet<string> | null): Profile {
  const totals = routeTotals(tree);
  let requests = 0;
  let otherNs = 0;
  for (const [route, figure] of figures) {
    if (wanted && !wanted.has(route)) continue;
    requests += figure.requests;
    const total = totals.get(route);
    const knownNs = (total?.wallNs ?? 0) + (total?.waitNs ?? 0);
    // Samples of requests that have not ended may be more than all that have.
    otherNs += Math.max(0, figure.durations.sum * NS_PER_MICROSECOND - knownNs);
  }
  return selectRoutes(tree, wanted, { requests, otherNs });
}
