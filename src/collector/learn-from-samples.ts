/**
 * Learns the callers of functions that were resumed after an await from samples that were taken before it, when V8 still showed who had called them. It is all
 * there is to learn from where nothing is awaited that is traced.
 */

import { placeKey } from '../profile/place-key.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { inclusiveTotals } from '../profile/totals.ts';
import { type StackEntry, stackEntries } from './stack-entries.ts';
import type { Stitcher } from './stitcher.ts';

/** @param recorded a tree with routes on its first level. */
export function learnFromSamples(recorded: Profile, stitcher: Stitcher): void {
  const { nodes, functions } = recorded;
  const { parent, function: nodeFunction, self } = nodes;
  const infoOf = (node: number): FunctionInfo => functions[nodeFunction[node] as number] as FunctionInfo;
  const entries = stackEntries(recorded);
  // From now on they, or those who made them, are wanted, where no operation's stack knows them.
  for (const [node, { route, entry, isResumed }] of entries.entries())
    if (route !== undefined && entry === node) stitcher.callersOf(route, infoOf(node), isResumed);

  const samples = inclusiveTotals(nodes, self.samples);
  const keys = functions.map((info) => placeKey(info));
  for (let node = 1; node < parent.length; node++) {
    const { route, entry, isResumed } = entries[node] as StackEntry;
    const at = nodeFunction[node] as number;
    const weight = samples[node] as number;
    if (route === undefined || entry === 0 || weight === 0) continue;
    stitcher.meet(route, keys[at] as string);
    // A resumed function at a root: who called it is the question. One that Node.js called for an event has been told of.
    if (entry === node && isResumed) continue;
    if (!stitcher.isWanted(route, keys[at] as string)) continue;
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
