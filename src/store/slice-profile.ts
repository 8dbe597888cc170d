/** The profile that a slice shows of some routes, with what is left of their requests' time as a frame of its own. */

import {
  addRest,
  isRouteFunction,
  type RestOfTime,
  routeFunction,
  routeTotals,
  selectRoutes,
  sumRest,
} from '../profile/by-route.ts';
import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { Profile } from '../profile/profile.ts';
import type { RequestFigures, Slice } from './contract.ts';

const NS_PER_MICROSECOND = 1000;
/** Of a comparison: more say little more about how much figures vary, and each is a whole profile. */
export const MAX_SLICES = 16;

/** @param wanted the routes to sum, null for all. */
export function sliceProfile(slice: Slice, wanted: ReadonlySet<string> | null): Profile {
  const shown = [...restByRoute(slice)].filter(([route]) => !wanted || wanted.has(route));
  const requests = shown.reduce((sum, [route]) => sum + (slice.figures.get(route)?.requests ?? 0), 0);
  return selectRoutes(slice.tree, wanted, { requests, rest: sumRest(shown.map(([, rest]) => rest)) });
}

/** How many requests ended, of each route that had any. */
export function requestsByRoute({ figures }: Slice): Map<string, number> {
  return new Map([...figures].map(([route, { requests }]) => [route, requests]));
}

/** Also those of which there are only samples: background work, requests that are open. */
export function routesOf({ figures, tree }: Slice): ReadonlySet<string> {
  return new Set([...figures.keys(), ...tree.functions.filter(isRouteFunction).map((info) => info.name)]);
}

/** All routes, on the first level, for formats that tell them apart. */
export function routedProfile(slice: Slice): Profile {
  const builder = new CallTreeBuilder();
  mergeInto(builder, slice.tree);
  for (const [route, rest] of restByRoute(slice)) {
    if (rest.otherNs + rest.notTracedNs === 0) continue;
    addRest(builder, builder.child(0, builder.addFunction(routeFunction(route))), rest);
  }
  return builder.build(slice.tree);
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
