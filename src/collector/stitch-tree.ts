/**
 * Puts functions that were resumed after an await below the callers that awaited them. Above a route's first function of the application or
 * a package there is Node.js's event loop, the same for all: those frames are left out, except where nothing else ran.
 */

import { routeFunction } from '../profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../profile/call-tree-builder.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { ASYNC_FUNCTION } from './async-function.ts';
import { type StackEntry, stackEntries } from './stack-entries.ts';
import type { Stitcher } from './stitcher.ts';

/** CPU time of functions that were resumed after an await, by what is known of their callers. */
export interface StitchCounts {
  stitchedNs: number;
  ambiguousNs: number;
  unknownNs: number;
}

/** Where a node's figures go: several places where a function has several callers. */
type Targets = readonly { readonly node: number; readonly share: number }[];

interface Place {
  /** Null while only Node.js's own frames have been met, below which nothing may follow. */
  readonly targets: Targets | null;
  readonly callers: 'known' | 'several' | 'unknown' | 'none';
}

/** @param recorded a tree with routes on its first level. */
export function stitchTree(recorded: Profile, stitcher: Stitcher, counts: StitchCounts): CallTreeBuilder {
  const { parent, function: nodeFunction, self } = recorded.nodes;
  const builder = new CallTreeBuilder();
  const places: Place[] = [{ targets: [{ node: ROOT, share: 1 }], callers: 'none' }];
  const infoOf = (node: number): FunctionInfo => recorded.functions[nodeFunction[node] as number] as FunctionInfo;
  const child = (targets: Targets, info: FunctionInfo): Targets => {
    const index = builder.addFunction(info);
    return targets.map(({ node, share }) => ({ node: builder.child(node, index), share }));
  };
  /** The way of a node through Node.js's frames, for figures of their own. */
  const throughPlumbing = (node: number): Targets => {
    const way: FunctionInfo[] = [];
    for (let at = node; at > 0; at = parent[at] as number) way.push(infoOf(at));
    return way.reduceRight(child, [{ node: ROOT, share: 1 }] as Targets);
  };
  const enter = (route: string, info: FunctionInfo, isResumed: boolean): Place => {
    const root = child([{ node: ROOT, share: 1 }], routeFunction(route));
    const paths = stitcher.callersOf(route, info, isResumed);
    if (!paths) {
      const targets = child(isResumed ? child(root, ASYNC_FUNCTION) : root, info);
      return { targets, callers: isResumed ? 'unknown' : 'none' };
    }
    const targets = paths.flatMap(({ callers, share }) =>
      child(callers.reduce(child, root), info).map(({ node }) => ({ node, share })),
    );
    return { targets, callers: paths.length > 1 ? 'several' : knownBy(paths[0]?.callers[0]) };
  };
  const entries = stackEntries(recorded);

  for (let node = 1; node < parent.length; node++) {
    const info = infoOf(node);
    const above = places[parent[node] as number] as Place;
    const { route, entry, isResumed } = entries[node] as StackEntry;
    let place: Place;
    if (route !== undefined && entry === 0) place = { targets: null, callers: 'none' };
    else if (route !== undefined && entry === node) place = enter(route, info, isResumed);
    else place = { callers: above.callers, targets: above.targets && child(above.targets, info) };
    places.push(place);
    if (self.samples[node] === 0 && self.wallNs[node] === 0 && self.cpuNs[node] === 0) continue;
    const cpuNs = self.cpuNs[node] as number;
    if (place.callers === 'known') counts.stitchedNs += cpuNs;
    else if (place.callers === 'several') counts.ambiguousNs += cpuNs;
    else if (place.callers === 'unknown') counts.unknownNs += cpuNs;
    for (const target of place.targets ?? throughPlumbing(node))
      builder.addSelf(target.node, {
        samples: (self.samples[node] as number) * target.share,
        cpuNs: cpuNs * target.share,
        wallNs: (self.wallNs[node] as number) * target.share,
      });
  }
  return builder;
}

/** @param outermost of a function's callers, undefined where it has none: Node.js calls it. */
function knownBy(outermost: FunctionInfo | undefined): Place['callers'] {
  if (outermost === undefined) return 'none';
  return outermost === ASYNC_FUNCTION ? 'unknown' : 'known';
}
