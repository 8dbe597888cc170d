/** Which routes reach a function: recorded trees have their routes on the first level. */

import { isRouteFunction } from './by-route.ts';
import type { Metric, Profile } from './profile.ts';
import { type FunctionPlace, isSameFunction } from './same-function.ts';
import { metricColumn } from './totals.ts';

export interface FunctionInRoute {
  readonly route: string;
  /** Nanoseconds of the metric in the function itself. */
  readonly selfNs: number;
  /** With what it called; recursion counts once. */
  readonly totalNs: number;
  readonly samples: number;
  /** Nanoseconds of all of the route. */
  readonly routeNs: number;
}

/** @param recorded a tree with routes on its first level. @returns the heaviest first */
export function functionRoutes(recorded: Profile, place: FunctionPlace, metric: Metric): FunctionInRoute[] {
  const { functions, nodes } = recorded;
  const wanted = functions.findIndex((info) => isSameFunction(info, place));
  if (wanted < 0) return [];
  const own = metricColumn(nodes.self, metric);
  const routeOf: string[] = [''];
  const isBelow = new Uint8Array(nodes.parent.length);
  const sums = new Map<string, { -readonly [Key in keyof FunctionInRoute]: FunctionInRoute[Key] }>();
  for (let node = 1; node < nodes.parent.length; node++) {
    const parent = nodes.parent[node] ?? 0;
    const index = nodes.function[node] ?? -1;
    const info = functions[index];
    const route = info && isRouteFunction(info) ? info.name : (routeOf[parent] ?? '');
    routeOf.push(route);
    const sum = sums.get(route) ?? { route, selfNs: 0, totalNs: 0, samples: 0, routeNs: 0 };
    sums.set(route, sum);
    if (isBelow[parent] === 1 || index === wanted) isBelow[node] = 1;
    const ns = own[node] ?? 0;
    sum.routeNs += ns;
    if (index === wanted) sum.selfNs += ns;
    if (isBelow[node] === 0) continue;
    sum.totalNs += ns;
    sum.samples += nodes.self.samples[node] ?? 0;
  }
  return [...sums.values()].filter(({ totalNs }) => totalNs > 0).sort((a, b) => b.totalNs - a.totalNs);
}
