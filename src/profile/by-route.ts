/**
 * Recorded trees keep their routes apart on the first level: a pseudo function per route below the root. One tree for all routes
 * shares its functions and one bound on memory; a view of some routes takes that level away again.
 */

import { CallTreeBuilder, ROOT } from './call-tree-builder.ts';
import { type FunctionInfo, type Profile, SELF_COLUMNS } from './profile.ts';

const ROUTE_FILE = 'route:';

/** Time of traced requests, and of those for which they stand, that is neither on the thread nor a wait that is known: event-loop delay and what is not instrumented. */
export const OTHER_FUNCTION: FunctionInfo = { name: '(other)', file: '', line: 0, column: 0, category: 'wait' };
/** Time off the thread of requests for which no traced one stands: what they waited for is not known. */
export const NOT_TRACED_FUNCTION: FunctionInfo = { ...OTHER_FUNCTION, name: '(not traced)' };

/** Whether a frame stands for what is left of requests' time, and for no wait. */
export function isRestFunction({ name, category }: FunctionInfo): boolean {
  return category === 'wait' && (name === OTHER_FUNCTION.name || name === NOT_TRACED_FUNCTION.name);
}

/** What is known of the selected routes' requests beside the tree. */
export interface RequestTotals {
  readonly requests: number;
  /** By route. */
  readonly rest: ReadonlyMap<string, RestOfTime>;
}

/** What of requests' time is not on the thread and no wait that is known, nanoseconds. */
export interface RestOfTime {
  /** Goes to `OTHER_FUNCTION`. */
  readonly otherNs: number;
  /** Goes to `NOT_TRACED_FUNCTION`. */
  readonly notTracedNs: number;
}

export const NO_REST: RestOfTime = { otherNs: 0, notTracedNs: 0 };

export function sumRest(parts: Iterable<RestOfTime>): RestOfTime {
  let otherNs = 0;
  let notTracedNs = 0;
  for (const part of parts) {
    otherNs += part.otherNs;
    notTracedNs += part.notTracedNs;
  }
  return { otherNs, notTracedNs };
}

/** Adds the rest of requests' time below a node. */
function addRest(builder: CallTreeBuilder, node: number, { otherNs, notTracedNs }: RestOfTime): void {
  if (otherNs > 0) builder.addSelf(builder.child(node, builder.addFunction(OTHER_FUNCTION)), { waitNs: otherNs });
  if (notTracedNs > 0)
    builder.addSelf(builder.child(node, builder.addFunction(NOT_TRACED_FUNCTION)), { waitNs: notTracedNs });
}

/** The pseudo function that stands for a route. */
export function routeFunction(route: string): FunctionInfo {
  return { name: route, file: ROUTE_FILE, line: 0, column: 0, category: 'app' };
}

export function isRouteFunction(info: FunctionInfo): boolean {
  return info.file === ROUTE_FILE;
}

/**
 * @param recorded a tree with routes on its first level.
 * @param wanted null for all.
 * @param keepsRoutes whether they stay apart on the first level; otherwise they are summed.
 */
export function selectRoutes(
  recorded: Profile,
  wanted: ReadonlySet<string> | null,
  { requests, rest }: RequestTotals,
  keepsRoutes = false,
): Profile {
  const builder = new CallTreeBuilder();
  const nodeOf = (route: string): number =>
    keepsRoutes ? builder.child(ROOT, builder.addFunction(routeFunction(route))) : ROOT;
  const { parent, function: nodeFunction, self } = recorded.nodes;
  const routes = new Set<string>();
  /** Node of the result for each recorded node, -1 where it is left out. */
  const target = new Int32Array(parent.length).fill(-1);
  const functionTarget = new Int32Array(recorded.functions.length).fill(-1);
  target[0] = 0;
  for (let node = 1; node < parent.length; node++) {
    const parentTarget = target[parent[node] as number] as number;
    if (parentTarget < 0) continue;
    const functionIndex = nodeFunction[node] as number;
    const info = recorded.functions[functionIndex] as FunctionInfo;
    if (isRouteFunction(info)) {
      if (wanted && !wanted.has(info.name)) continue;
      routes.add(info.name);
      target[node] = nodeOf(info.name);
    } else {
      // What was truncated beside the routes is of an unknown route.
      if (wanted && parent[node] === 0) continue;
      if (functionTarget[functionIndex] === -1) functionTarget[functionIndex] = builder.addFunction(info);
      target[node] = builder.child(parentTarget, functionTarget[functionIndex] as number);
    }
    builder.addSelf(target[node] as number, {
      samples: self.samples[node] as number,
      cpuNs: self.cpuNs[node] as number,
      wallNs: self.wallNs[node] as number,
      waitNs: self.waitNs[node] as number,
      waits: self.waits[node] as number,
    });
  }
  for (const [route, restOfRoute] of rest) {
    if (wanted && !wanted.has(route)) continue;
    // Also those that had requests and no sample.
    if (keepsRoutes) routes.add(route);
    if (restOfRoute.otherNs + restOfRoute.notTracedNs > 0) addRest(builder, nodeOf(route), restOfRoute);
  }
  return builder.build({
    run: recorded.run,
    window: recorded.window,
    routes: [...routes].sort(),
    requests,
    intervalMs: recorded.intervalMs,
  });
}

/** Sums of every column below each route of a recorded tree. */
export function routeTotals(recorded: Profile): Map<string, Record<(typeof SELF_COLUMNS)[number], number>> {
  const totals = new Map<string, Record<(typeof SELF_COLUMNS)[number], number>>();
  const { self } = recorded.nodes;
  for (const [node, route] of routesOfNodes(recorded).entries()) {
    if (node === 0) continue;
    let total = totals.get(route);
    if (!total) {
      total = { samples: 0, cpuNs: 0, wallNs: 0, waitNs: 0, waits: 0 };
      totals.set(route, total);
    }
    for (const column of SELF_COLUMNS) total[column] += self[column][node] as number;
  }
  return totals;
}

/** What of the waits below each route is none that is known: of a saved profile, whose tree has the frames of `addRest`. */
export function restInTree(recorded: Profile): Map<string, RestOfTime> {
  const rest = new Map<string, RestOfTime>();
  const { function: nodeFunction, self } = recorded.nodes;
  for (const [node, route] of routesOfNodes(recorded).entries()) {
    const info = recorded.functions[nodeFunction[node] as number];
    if (!info || !isRestFunction(info)) continue;
    const ns = self.waitNs[node] as number;
    const here = info.name === OTHER_FUNCTION.name ? { ...NO_REST, otherNs: ns } : { ...NO_REST, notTracedNs: ns };
    rest.set(route, sumRest([rest.get(route) ?? NO_REST, here]));
  }
  return rest;
}

/** @returns the route of each node; '' for the root and what is beside the routes. */
function routesOfNodes({ nodes, functions }: Profile): string[] {
  const routeOf: string[] = [''];
  for (let node = 1; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] as number] as FunctionInfo;
    routeOf.push(isRouteFunction(info) ? info.name : (routeOf[nodes.parent[node] as number] as string));
  }
  return routeOf;
}
