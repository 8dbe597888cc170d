/** One function in the middle: everything that led to it above, everything it called below, all of its occurrences merged. */

import { CallTreeBuilder, ROOT } from '../../src/profile/call-tree-builder.ts';
import { type Profile, SELF_COLUMNS } from '../../src/profile/profile.ts';
import { inclusiveTotals } from '../../src/profile/totals.ts';
import { findRepeats, walkTree } from '../../src/profile/tree-walk.ts';
import { functionKey } from './function-key.ts';
import { applyTransform } from './transforms.ts';

const MAX_NODES = 2 ** 20;

/** The tree of what the function called. */
export function calleesOf(profile: Profile, chosen: number): Profile {
  const info = profile.functions[chosen];
  return applyTransform(profile, { kind: 'focus', function: info === undefined ? '' : functionKey(info) });
}

/**
 * The tree of who called it: below the root the function, below that its callers, and so on. Of recursive calls only the outermost
 * counts, because its total contains the others.
 */
export function callersOf(profile: Profile, chosen: number): Profile {
  const { nodes, functions } = profile;
  const builder = new CallTreeBuilder({ maxNodes: MAX_NODES, maxFunctions: MAX_NODES });
  const indexes = functions.map((info) => builder.addFunction(info));
  const totals = SELF_COLUMNS.map((name) => [name, inclusiveTotals(nodes, nodes.self[name])] as const);
  const keys = Int32Array.from(nodes.function, (index) => (index === chosen ? 0 : -1));
  const repeats = findRepeats(walkTree(nodes), keys, 1);
  for (let node = 1; node < keys.length; node++) {
    if (keys[node] !== 0 || repeats[node] === 1) continue;
    let target = ROOT;
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0)
      target = builder.child(target, indexes[nodes.function[at] ?? -1] ?? -1);
    builder.addSelf(target, Object.fromEntries(totals.map(([name, total]) => [name, total[node] ?? 0])));
  }
  return builder.build(profile);
}
