/**
 * Servers call one's own code through many frames of Node.js and of frameworks, the same for every request. They become one frame, so that
 * the code that is looked for is on the screen. What stands below own code stays as it is, and no time is lost.
 */

import type { Category, Column, FunctionInfo, NodeColumns } from '../../src/profile/profile.ts';

/** What a flame graph needs of a profile. */
export interface FlameTree {
  readonly functions: readonly FunctionInfo[];
  readonly nodes: Pick<NodeColumns, 'parent' | 'function'>;
}

export interface Folded {
  /** Its functions are the profile's own, with the same indices; one more may follow: the frame that stands for the others. */
  readonly tree: FlameTree;
  /** The figures given, per node of the tree. */
  readonly column: Column;
  /** Functions that the frame stands for; 0 where nothing was folded. */
  readonly folded: number;
}

/** How much one's own a function is: a frame is folded when what it leads to is more so. */
const RANKS: Readonly<Partial<Record<Category, number>>> = { app: 2, package: 1 };
/** Less than this many frames hide nothing. */
const LEAST_DEPTH = 3;
const FRAME = { file: '', line: 0, column: 0 } as const;
const FRAMEWORKS: FunctionInfo = { name: '[frameworks and Node.js]', ...FRAME, category: 'node' };
/** Where there is no code but packages'. */
const NODE_ONLY: FunctionInfo = { name: '[Node.js]', ...FRAME, category: 'node' };
const ROOT = 0;
const FOLD = 1;

export function foldLead(profile: FlameTree, column: Column): Folded {
  const { functions } = profile;
  // Arrays of one kind: a loop over several kinds costs several times as much, and there may be a million nodes.
  const parent = new Int32Array(profile.nodes.parent);
  const functionOf = new Int32Array(profile.nodes.function);
  const figures = new Float64Array(column);
  const { lead, depth, best } = leadOf(parent, functionOf, functions);
  if (depth < LEAST_DEPTH) return { tree: profile, column, folded: 0 };
  const isShared = sharedFunctions(parent, functionOf, lead, functions.length);
  const count = parent.length;
  const newParent = new Int32Array(count + 1);
  const newFunction = new Int32Array(count + 1);
  const own = new Float64Array(count + 1);
  /** New node of each old one, and whether others may have the same. */
  const target = new Int32Array(count);
  const shared = new Uint8Array(count);
  /** New node by caller and function, of those that may be shared. */
  const known = new Map<number, number>();
  const folded = new Set<number>();
  newParent[ROOT] = -1;
  newFunction[ROOT] = -1;
  newFunction[FOLD] = functions.length;
  own[ROOT] = figures[ROOT] ?? 0;
  let size = 2;
  for (let node = 1; node < count; node++) {
    const index = functionOf[node] ?? -1;
    const above = parent[node] ?? ROOT;
    let into = FOLD;
    if (lead[node] === 1) folded.add(index);
    else {
      const newAbove = target[above] ?? ROOT;
      const mayShare = newAbove <= FOLD ? isShared[index] === 1 : shared[above] === 1;
      const key = mayShare ? newAbove * functions.length + index : -1;
      const found = mayShare ? known.get(key) : undefined;
      into = found ?? size++;
      if (found === undefined) {
        newParent[into] = newAbove;
        newFunction[into] = index;
      }
      if (mayShare) {
        shared[node] = 1;
        if (found === undefined) known.set(key, into);
      }
    }
    target[node] = into;
    own[into] = (own[into] ?? 0) + (figures[node] ?? 0);
  }
  return {
    tree: {
      functions: [...functions, best === 2 ? FRAMEWORKS : NODE_ONLY],
      nodes: { parent: newParent.subarray(0, size), function: newFunction.subarray(0, size) },
    },
    column: own.subarray(0, size),
    folded: folded.size,
  };
}

interface Lead {
  /** Per node 1 where it is folded. */
  readonly lead: Uint8Array;
  /** Frames of the deepest stack that are folded. */
  readonly depth: number;
  /** The highest rank in the tree. */
  readonly best: number;
}

function leadOf(parent: Int32Array, functionOf: Int32Array, functions: readonly FunctionInfo[]): Lead {
  const ranks = Uint8Array.from(functions, ({ category }) => RANKS[category] ?? 0);
  const count = parent.length;
  const best = new Uint8Array(count);
  for (let node = count - 1; node > 0; node--) {
    const rank = Math.max(best[node] ?? 0, ranks[functionOf[node] ?? -1] ?? 0);
    best[node] = rank;
    const above = parent[node] ?? 0;
    if (rank > (best[above] ?? 0)) best[above] = rank;
  }
  const lead = new Uint8Array(count);
  /** Of folded nodes: how many of a stack are folded down to here. */
  const depths = new Int32Array(count);
  let depth = 0;
  for (let node = 1; node < count; node++) {
    const above = parent[node] ?? 0;
    if (above !== ROOT && lead[above] !== 1) continue;
    if ((ranks[functionOf[node] ?? -1] ?? 0) >= (best[node] ?? 0)) continue;
    lead[node] = 1;
    depths[node] = (depths[above] ?? 0) + 1;
    depth = Math.max(depth, depths[node] ?? 0);
  }
  return { lead, depth, best: best[ROOT] ?? 0 };
}

/** Functions that stand right below what is folded more than once: their nodes, and what is below them, have to be put together. */
function sharedFunctions(
  parent: Int32Array,
  functionOf: Int32Array,
  lead: Uint8Array,
  functionCount: number,
): Uint8Array {
  const times = new Uint8Array(functionCount);
  for (let node = 1; node < parent.length; node++) {
    const above = parent[node] ?? ROOT;
    if (lead[node] === 1 || (above !== ROOT && lead[above] !== 1)) continue;
    const index = functionOf[node] ?? -1;
    times[index] = Math.min(2, (times[index] ?? 0) + 1);
  }
  return times.map((count) => (count > 1 ? 1 : 0));
}
