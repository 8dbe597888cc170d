/** The profile that a slice shows of some routes, with what is left of their requests' time as a frame of its own. */

import { isRouteFunction, OTHER_FUNCTION, routeFunction, routeTotals, selectRoutes } from '../profile/by-route.ts';
import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { Profile } from '../profile/profile.ts';
import type { Slice } from './contract.ts';

const NS_PER_MICROSECOND = 1000;
/** Of a comparison: more say little more about how much figures vary, and each is a whole profile. */
export const MAX_SLICES = 16;

/** @param wanted the routes to sum, null for all. */
export function sliceProfile(slice: Slice, wanted: ReadonlySet<string> | null): Profile {
  let requests = 0;
  let otherNs = 0;
  for (const [route, ns] of otherByRoute(slice)) {
    if (wanted && !wanted.has(route)) continue;
    requests += slice.figures.get(route)?.requests ?? 0;
    otherNs += ns;
  }
  return selectRoutes(slice.tree, wanted, { requests, otherNs });
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
  for (const [route, waitNs] of otherByRoute(slice)) {
    if (waitNs === 0) continue;
    const routeNode = builder.child(0, builder.addFunction(routeFunction(route)));
    builder.addSelf(builder.child(routeNode, builder.addFunction(OTHER_FUNCTION)), { waitNs });
  }
  return builder.build(slice.tree);
}

/** @returns per route that had requests, in nanoseconds. */
function otherByRoute({ tree, figures }: Slice): Map<string, number> {
  const totals = routeTotals(tree);
  return new Map(
    [...figures].map(([route, { durations }]) => {
      const total = totals.get(route);
      const knownNs = (total?.wallNs ?? 0) + (total?.waitNs ?? 0);
      // Samples of requests that have not ended may be more than all that have.
      return [route, Math.max(0, durations.sum * NS_PER_MICROSECOND - knownNs)];
    }),
  );
}
