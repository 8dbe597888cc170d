/**
 * Learns the callers of functions that were resumed after an await from samples that were taken before it, when V8 still showed who had called them. It is all
 * there is to learn from where nothing is awaited that is traced.
 */

import { isRouteFunction } from '../profile/by-route.ts';
import { placeKey } from '../profile/place-key.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { inclusiveTotals } from '../profile/totals.ts';
import { isResuming } from '../wait/is-resuming.ts';
import type { Stitcher } from './stitcher.ts';

/** A stack of the tree, down to one node. */
interface Stack {
  readonly route: string;
  /** The first node of the application or a package, 0 while there is none. */
  readonly entry: number;
  /** Whether that one was resumed, or what comes next would be. */
  readonly isResumed: boolean;
}

/** @param recorded a tree with routes on its first level. */
export function learnFromSamples({ nodes, functions }: Profile, stitcher: Stitcher): void {
  const { parent, function: nodeFunction, self } = nodes;
  const infoOf = (node: number): FunctionInfo => functions[nodeFunction[node] as number] as FunctionInfo;
  const stacks: Stack[] = [{ route: '', entry: 0, isResumed: false }];
  for (let node = 1; node < parent.length; node++) {
    const info = infoOf(node);
    const above = stacks[parent[node] as number] as Stack;
    if (isRouteFunction(info)) stacks.push({ route: info.name, entry: 0, isResumed: true });
    else if (above.entry > 0) stacks.push(above);
    else if (info.category === 'app' || info.category === 'package') {
      stacks.push({ ...above, entry: node });
      // From now on it is wanted, where no operation's stack knows it.
      if (above.isResumed) stitcher.callersOfResumed(above.route, info);
    } else stacks.push({ ...above, isResumed: isResuming(info.name) });
  }

  const samples = inclusiveTotals(nodes, self.samples);
  const keys = functions.map((info) => placeKey(info));
  for (let node = 1; node < parent.length; node++) {
    const { route, entry, isResumed } = stacks[node] as Stack;
    const at = nodeFunction[node] as number;
    const weight = samples[node] as number;
    if (entry === 0 || entry === node || weight === 0 || !stitcher.isWanted(route, keys[at] as string)) continue;
    const above: number[] = [];
    for (let caller = node; caller !== entry; ) {
      caller = parent[caller] as number;
      above.push(caller);
    }
    // Of a function that calls itself, who called it first.
    if (above.some((caller) => nodeFunction[caller] === at)) continue;
    stitcher.observe(route, infoOf(node), { callers: above.reverse().map(infoOf), isRooted: !isResumed, weight });
  }
}
