/** A call tree as callgrind sees it: cost per function, and cost and count per caller and callee. Whole numbers throughout. */

import type { Profile } from '../profile/profile.ts';
import { inclusiveTotals } from '../profile/totals.ts';
import { findRepeats, type TreeWalk, walkTree } from '../profile/tree-walk.ts';
import { wholeNumbers } from './whole-numbers.ts';

/** One figure per event. */
type Costs = number[];

interface Call {
  readonly callee: number;
  /** Exact where calls were counted, else the samples that saw it; at least 1, because readers ignore a call made 0 times. */
  count: number;
  /** What the callee cost, recursion within it left out: summed over all callers this is the callee's total. */
  readonly costs: Costs;
}

interface CostGraph {
  /** By function index; what the root measured itself is at index `functions.length`. */
  readonly self: readonly Costs[];
  /** By the caller's function index; calls from the event loop are at index `functions.length`. */
  readonly calls: readonly (readonly Call[])[];
  readonly total: Costs;
}

/** @param columnsOf whole numbers per node, a column per event; the first counts calls where nobody did. */
export function costGraphOf(
  profile: Profile,
  columnsOf: (profile: Profile, walk: TreeWalk) => Float64Array[],
): CostGraph {
  const { nodes, functions } = profile;
  const walk = walkTree(nodes);
  const columns = columnsOf(profile, walk);
  const noCosts = (): Costs => new Array(columns.length).fill(0);
  const inclusive = columns.map((column) => inclusiveTotals(nodes, column));
  const repeats = findRepeats(walk, nodes.function, functions.length);
  const entry = functions.length;
  const functionAt = (node: number): number => (node > 0 ? (nodes.function[node] ?? entry) : entry);

  const self: Costs[] = Array.from({ length: entry + 1 }, noCosts);
  const calls: Call[][] = Array.from({ length: entry + 1 }, () => []);
  const callOfPair = new Map<number, Call>();
  for (let node = 0; node < nodes.parent.length; node++) {
    addCosts(self[functionAt(node)] ?? [], columns, node);
    if (node === 0) continue;
    const caller = functionAt(nodes.parent[node] ?? 0);
    const callee = functionAt(node);
    const pair = caller * (entry + 1) + callee;
    let call = callOfPair.get(pair);
    if (call === undefined) {
      call = { callee, count: 0, costs: noCosts() };
      callOfPair.set(pair, call);
      calls[caller]?.push(call);
    }
    call.count += inclusive[0]?.[node] ?? 0;
    if (repeats[node] === 0) addCosts(call.costs, inclusive, node);
  }
  shareCountedCalls(profile, [...callOfPair.values()]);
  return { self, calls, total: inclusive.map((totals) => totals[0] ?? 0) };
}

/** Samples, CPU, wall (with waits) and wait time in nanoseconds, waits. */
export function timeCosts({ nodes: { self } }: Profile, walk: TreeWalk): Float64Array[] {
  const waitNs = wholeNumbers(self.waitNs, walk);
  const wallNs = wholeNumbers(self.wallNs, walk).map((ownNs, node) => ownNs + (waitNs[node] ?? 0));
  return [
    wholeNumbers(self.samples, walk),
    wholeNumbers(self.cpuNs, walk),
    wallNs,
    waitNs,
    wholeNumbers(self.waits, walk),
  ];
}

/** Objects and bytes, of a profile of the heap. */
export function memoryCosts({ nodes: { self } }: Profile, walk: TreeWalk): Float64Array[] {
  return [wholeNumbers(self.samples, walk), wholeNumbers(self.cpuNs, walk)];
}

/** A function's exact calls, divided over its callers in proportion to samples: the sum is exact, the division an estimate. */
function shareCountedCalls({ functions }: Profile, all: readonly Call[]): void {
  const incoming = new Map<number, Call[]>();
  for (const call of all) {
    const list = incoming.get(call.callee);
    if (list === undefined) incoming.set(call.callee, [call]);
    else list.push(call);
  }
  for (const [callee, list] of incoming) {
    const counted = functions[callee]?.calls;
    if (counted === undefined) {
      for (const call of list) call.count = Math.max(call.count, 1);
      continue;
    }
    // One for each caller, because it did call; the rest by running sums, so that rounding neither loses nor adds a call.
    const rest = Math.max(counted - list.length, 0);
    const samples = list.reduce((sum, call) => sum + call.count, 0);
    let seen = 0;
    let shared = 0;
    for (const call of list) {
      seen += samples > 0 ? call.count / samples : 1 / list.length;
      const upToHere = Math.round(rest * Math.min(seen, 1));
      call.count = 1 + upToHere - shared;
      shared = upToHere;
    }
  }
}

function addCosts(to: Costs, columns: readonly Float64Array[], node: number): void {
  for (const [index, column] of columns.entries()) to[index] = (to[index] ?? 0) + (column[node] ?? 0);
}
