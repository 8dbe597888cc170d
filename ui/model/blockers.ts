/** What blocked some routes, summed over them. */

import type { BlockerFigures, RouteFigures } from '../../src/api/types.ts';
import { functionKey } from './function-key.ts';

/** @param chosen none: all. @returns the longest first, and how many requests they are of */
export function worstBlockers(
  routes: readonly RouteFigures[],
  chosen: readonly string[],
): { readonly blockers: readonly BlockerFigures[]; readonly requests: number } {
  const sums = new Map<string, BlockerFigures>();
  let requests = 0;
  for (const { route, blockedBy, requests: count } of routes) {
    if (chosen.length > 0 && !chosen.includes(route)) continue;
    requests += count;
    for (const blocker of blockedBy) {
      const key = `${functionKey(blocker)}\n${blocker.route}`;
      const known = sums.get(key);
      sums.set(key, {
        ...blocker,
        ms: blocker.ms + (known?.ms ?? 0),
        samples: blocker.samples + (known?.samples ?? 0),
      });
    }
  }
  return { blockers: [...sums.values()].sort((a, b) => b.ms - a.ms), requests };
}
