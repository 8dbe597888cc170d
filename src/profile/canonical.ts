/** One order for the same tree, however it came about: what makes profiles comparable and their files reproducible. */

import type { Column, FunctionInfo, Profile } from './profile.ts';
import { walkTree } from './tree-walk.ts';

/** @returns the same profile with its functions sorted by identity and its nodes depth first, siblings in the functions' order */
export function canonicalProfile(profile: Profile): Profile {
  const { parent, function: functionOf, self } = profile.nodes;
  const functionOrder = profile.functions.map((_info, index) => index);
  functionOrder.sort((a, b) => compareFunctions(profile.functions[a], profile.functions[b]));
  const rank = new Int32Array(functionOrder.length);
  for (const [position, index] of functionOrder.entries()) rank[index] = position;

  const rankOfNode = (node: number): number => rank[functionOf[node] ?? -1] ?? -1;
  const siblings = Int32Array.from(parent, (_parent, node) => node).sort((a, b) => rankOfNode(a) - rankOfNode(b));
  const { order } = walkTree(profile.nodes, siblings);
  const position = new Int32Array(parent.length);
  for (const [at, node] of order.entries()) position[node] = at;

  const reordered = (column: Column): Float64Array => Float64Array.from(order, (node) => column[node] ?? 0);
  return {
    ...profile,
    routes: [...profile.routes].sort(),
    functions: functionOrder.flatMap((index) => profile.functions[index] ?? []),
    nodes: {
      parent: order.map((node) => position[parent[node] ?? -1] ?? -1),
      function: order.map(rankOfNode),
      self: {
        samples: reordered(self.samples),
        cpuNs: reordered(self.cpuNs),
        wallNs: reordered(self.wallNs),
        waitNs: reordered(self.waitNs),
        waits: reordered(self.waits),
      },
    },
  };
}

/** By code units, not by locale: the same on every machine. */
function compareFunctions(a: FunctionInfo | undefined, b: FunctionInfo | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return (
    compare(a.name, b.name) ||
    compare(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.category, b.category) ||
    compare(a.package ?? '', b.package ?? '')
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
