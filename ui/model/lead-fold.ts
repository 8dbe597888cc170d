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
/** All folded frames are on the level above. */
const FIRST_OWN_LEVEL = 2;

export function foldLead(profile: FlameTree, column: Column): Folded {
  const { nodes, functions } = profile;
  const ranks = Uint8Array.from(functions, ({ category }) => RANKS[category] ?? 0);
  const { levels, lead, depth, best } = leadOf(nodes, ranks);
  if (depth < LEAST_DEPTH) return { tree: profile, column, folded: 0 };
  const count = nodes.parent.length;
  const parent = new Int32Array(count + 1);
  const functionOf = new Int32Array(count + 1);
  const own = new Float64Array(count + 1);
  /** New node of each old one, how many share it, and where those are that have to be looked for. */
  const target = new Int32Array(count);
  const members = new Int32Array(count + 1);
  const shared = new Map<number, number>();
  const foldedFunctions = new Set<number>();
  parent[ROOT] = -1;
  functionOf[ROOT] = -1;
  functionOf[FOLD] = functions.length;
  own[ROOT] = column[ROOT] ?? 0;
  let size = 2;
  // Level by level: all that share a node are known before any of their callees is placed.
  for (let at = 0; at < levels.length; at++) {
    const node = levels[at] ?? 0;
    if (node === ROOT) continue;
    const index = nodes.function[node] ?? -1;
    if (lead[node] === 1) {
      target[node] = FOLD;
      own[FOLD] = (own[FOLD] ?? 0) + (column[node] ?? 0);
      foldedFunctions.add(index);
      continue;
    }
    const above = target[nodes.parent[node] ?? 0] ?? ROOT;
    const isShared = above <= FOLD || (members[above] ?? 0) > 1;
    const key = isShared ? above * functions.length + index : -1;
    let into = isShared ? shared.get(key) : undefined;
    if (into === undefined) {
      into = size++;
      parent[into] = above;
      functionOf[into] = index;
      if (isShared) shared.set(key, into);
    }
    target[node] = into;
    members[into] = (members[into] ?? 0) + 1;
    own[into] = (own[into] ?? 0) + (column[node] ?? 0);
  }
  return {
    tree: {
      functions: [...functions, best === 2 ? FRAMEWORKS : NODE_ONLY],
      nodes: { parent: parent.subarray(0, size), function: functionOf.subarray(0, size) },
    },
    column: own.subarray(0, size),
    folded: foldedFunctions.size,
  };
}

interface Lead {
  /** Nodes by their level in the folded tree. */
  readonly levels: Int32Array;
  /** Per node 1 where it is folded. */
  readonly lead: Uint8Array;
  /** Frames of the deepest stack that are folded. */
  readonly depth: number;
  /** The highest rank in the tree. */
  readonly best: number;
}

function leadOf({ parent, function: functionOf }: FlameTree['nodes'], ranks: Uint8Array): Lead {
  const count = parent.length;
  const best = new Uint8Array(count);
  for (let node = count - 1; node > 0; node--) {
    const rank = Math.max(best[node] ?? 0, ranks[functionOf[node] ?? -1] ?? 0);
    best[node] = rank;
    const above = parent[node] ?? 0;
    if (rank > (best[above] ?? 0)) best[above] = rank;
  }
  const lead = new Uint8Array(count);
  const level = new Int32Array(count);
  const starts: number[] = [0, 1];
  let depth = 0;
  for (let node = 1; node < count; node++) {
    const above = parent[node] ?? 0;
    const isBelowOwn = above !== ROOT && lead[above] !== 1;
    if (!isBelowOwn && (ranks[functionOf[node] ?? -1] ?? 0) < (best[node] ?? 0)) {
      lead[node] = 1;
      // Counted from 1: how many frames above it are folded as well.
      level[node] = (level[above] ?? 0) + 1;
      depth = Math.max(depth, level[node] ?? 0);
    } else level[node] = isBelowOwn ? (level[above] ?? 0) + 1 : FIRST_OWN_LEVEL;
    const place = levelIndex(lead[node] === 1, level[node] ?? 0);
    starts[place + 1] = (starts[place + 1] ?? 0) + 1;
  }
  return { levels: sortedByLevel(level, lead, starts), lead, depth, best: best[ROOT] ?? 0 };
}

function levelIndex(isLead: boolean, level: number): number {
  return isLead ? 1 : level;
}

/** A counting sort. @param starts per level, shifted by one: how many nodes there are. */
function sortedByLevel(level: Int32Array, lead: Uint8Array, starts: number[]): Int32Array {
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const sorted = new Int32Array(level.length);
  for (let node = 1; node < level.length; node++) {
    const place = levelIndex(lead[node] === 1, level[node] ?? 0);
    sorted[starts[place] ?? 0] = node;
    starts[place] = (starts[place] ?? 0) + 1;
  }
  return sorted;
}
