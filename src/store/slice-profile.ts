/** The profile that a slice shows of some routes, with what is left of their requests' time as a frame of its own. */

import { isRouteFunction, type RestOfTime, routeTotals, selectRoutes } from '../profile/by-route.ts';
import type { Profile } from '../profile/profile.ts';
import type { RequestFigures, Slice } from './contract.ts';

const NS_PER_MICROSECOND = 1000;
/** Of a comparison: more say little more about how much figures vary, and each is a whole profile. */
export const MAX_SLICES = 16;

/**
 * @param wanted null for all routes.
 * @param keepsRoutes whether they stay apart, on the first level, for formats that tell them apart; otherwise they are summed.
 */
export function sliceProfile(slice: Slice, wanted: ReadonlySet<string> | null, keepsRoutes = false): Profile {
  const requests = [...requestsByRoute(slice, wanted).values()].reduce((sum, ofRoute) => sum + ofRoute, 0);
  return selectRoutes(slice.tree, wanted, { requests, rest: restByRoute(slice) }, keepsRoutes);
}

/** How many requests ended, of each of the wanted routes that had any. */
export function requestsByRoute({ figures }: Slice, wanted: ReadonlySet<string> | null = null): Map<string, number> {
  return new Map(
    [...figures].flatMap(([route, { requests }]) => (!wanted || wanted.has(route) ? [[route, requests] as const] : [])),
  );
}

/** Also those of which there are only samples: background work, requests that are open. */
export function routesOf({ figures, tree }: Slice): ReadonlySet<string> {
  return new Set([...figures.keys(), ...tree.functions.filter(isRouteFunction).map((info) => info.name)]);
}

/** @returns per route that had requests. */
function restByRoute({ tree, figures }: Slice): Map<string, RestOfTime> {
  const totals = routeTotals(tree);
  return new Map(
    [...figures].map(([route, figure]) => {
      const { wallNs = 0, waitNs = 0 } = totals.get(route) ?? {};
      return [route, restOfTime(figure, wallNs, waitNs)];
    }),
  );
}

/**
 * What of a route's requests is neither on the thread nor a wait that is known. Requests for which no traced one stands were on the thread for the same share of
 * their time as the others, as far as anybody knows.
 */
export function restOfTime(
  { durations, coveredMicros }: RequestFigures,
  onThreadNs: number,
  waitNs: number,
): RestOfTime {
  const { sum } = durations;
  // Samples of requests that have not ended may be more than all that have.
  const restNs = Math.max(0, sum * NS_PER_MICROSECOND - onThreadNs - waitNs);
  const notCovered = sum > 0 ? Math.max(0, 1 - coveredMicros / sum) : 0;
  const notTracedNs = Math.min(restNs, notCovered * Math.max(0, sum * NS_PER_MICROSECOND - onThreadNs));
  return { otherNs: restNs - notTracedNs, notTracedNs };
}
