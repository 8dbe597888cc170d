/** Makes a new call tree from an old one, node by node, parents first. What lands in the same place is summed. */

import { CallTreeBuilder, ROOT } from '../../src/profile/call-tree-builder.ts';
import type { FunctionInfo, Profile } from '../../src/profile/profile.ts';

/** Nodes placed here are left out, with their figures. Their children are asked for all the same. */
export const DROPPED = -1;

const MAX_NODES = 2 ** 26;

export interface Regrouping {
  readonly builder: CallTreeBuilder;
  /** Index in the new tree of each of the old functions. */
  readonly functions: Int32Array;
  /**
   * @param node of the old tree, never its root
   * @param functionIndex the node's function in the new tree
   * @param parentTarget where the node's parent went
   * @returns a node of the new tree, or DROPPED
   */
  place(node: number, functionIndex: number, parentTarget: number): number;
}

/** @param rule makes the placement; `isRootKept` false drops what the root itself measured */
export function regroup(
  profile: Profile,
  rule: (tree: Omit<Regrouping, 'place'>) => Regrouping['place'],
  isRootKept = true,
): Profile {
  const builder = new CallTreeBuilder({ maxNodes: MAX_NODES, maxFunctions: MAX_NODES });
  const functions = Int32Array.from(profile.functions, (info: FunctionInfo) => {
    const index = builder.addFunction(info);
    if (info.calls !== undefined) builder.addCalls(index, info.calls);
    return index;
  });
  const place = rule({ builder, functions });
  const { parent, function: functionOf, self } = profile.nodes;
  const target = new Int32Array(parent.length);
  target[0] = isRootKept ? ROOT : DROPPED;
  for (let node = 0; node < parent.length; node++) {
    const into =
      node === 0
        ? (target[0] ?? ROOT)
        : place(node, functions[functionOf[node] ?? -1] ?? -1, target[parent[node] ?? 0] ?? DROPPED);
    target[node] = into;
    if (into === DROPPED) continue;
    builder.addSelf(into, {
      samples: self.samples[node] ?? 0,
      cpuNs: self.cpuNs[node] ?? 0,
      wallNs: self.wallNs[node] ?? 0,
      waitNs: self.waitNs[node] ?? 0,
      waits: self.waits[node] ?? 0,
    });
  }
  return builder.build(profile);
}
