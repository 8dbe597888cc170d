/**
 * Adds the samples of one segment to the trees of the routes they were taken for. Frames of the profiler itself are folded, idle time
 * is no route's, and every sample that ends in no tree is counted by its reason.
 */

import { routeFunction } from '../profile/by-route.ts';
import type { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import { type CpuSegment, SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../sample/segment.ts';
import type { ReportedRequest } from './reported-requests.ts';
import type { SymbolizedFunction } from './symbolizer.ts';
import { weighSamples } from './weigh.ts';

/** Work outside any request: start-up, timers, other protocols. */
export const BACKGROUND_ROUTE = '(background)';

const IDLE = '(idle)';
/** Time in the profiler's own frames. */
export const OWN_FUNCTION: FunctionInfo = { name: '(profiler)', file: '', line: 0, column: 0, category: 'native' };

/** Samples that are in no tree, by reason, and where the thread's CPU time is that is in none. */
export interface SampleCounts {
  total: number;
  idle: number;
  /** Of the idle ones: came too late to hit the work before them. */
  missed: number;
  warmup: number;
  ignored: number;
  profiler: number;
  unresolved: number;
  unmatched: number;
  threadCpuNs: number;
  /** Of the samples that are in no tree, and of the sampler itself. */
  discardedCpuNs: number;
  /** What the sampler itself took of the idle thread. */
  tickCpuNs: number;
  /** CPU time for which there was no sample yet. */
  owedCpuNs: number;
  /** Time on the thread in the profiler's own frames inside of requests. */
  profilerNs: number;
}

export function noSamples(): SampleCounts {
  return {
    total: 0,
    idle: 0,
    missed: 0,
    warmup: 0,
    ignored: 0,
    profiler: 0,
    unresolved: 0,
    unmatched: 0,
    threadCpuNs: 0,
    discardedCpuNs: 0,
    tickCpuNs: 0,
    owedCpuNs: 0,
    profilerNs: 0,
  };
}

/** A sample on the thread. */
export interface TimedSample {
  /** Of the segment. */
  readonly node: number;
  /** Slot of its request, or one of the SLOT_ constants. */
  readonly slot: number;
  readonly timeMicros: number;
  readonly wallNs: number;
  readonly cpuNs: number;
}

/** Where a sample goes: a route by name, nowhere for a reason, or to a request whose route is not known yet. */
export type Destination = { readonly route: string } | { readonly pending: ReportedRequest } | 'warmup' | 'unresolved';

export interface AttributeTargets {
  /** The tree that takes the samples of requests whose route is known. */
  readonly builder: CallTreeBuilder;
  /** @param sample index in the segment. */
  readonly destinationOf: (sample: number, timeMicros: number) => Destination;
  /** The tree that keeps a pending request's samples; its first level is the request's own frames. */
  readonly pendingBuilder: (request: ReportedRequest) => CallTreeBuilder;
  /** Hears of every sample that carries a time and is not idle, and its index in the segment. */
  readonly sampled: (sample: TimedSample, index: number) => void;
  readonly counts: SampleCounts;
}

/** The segment's call tree as it is shown. */
export interface ShownNodes {
  /** 0 for a callback of a request, whatever called it. */
  readonly parent: Int32Array;
  /** Null where the node is the profiler's own. */
  readonly shown: readonly (FunctionInfo | null)[];
}

export function attributeSegment(
  segment: CpuSegment,
  functions: readonly SymbolizedFunction[],
  targets: AttributeTargets,
): ShownNodes {
  const { nodes, samples } = segment;
  const { counts, builder } = targets;
  const idle = idleNodes(segment);
  const weights = weighSamples(segment, (node) => idle.has(node), counts.owedCpuNs);
  counts.threadCpuNs += weights.threadCpuNs;
  counts.owedCpuNs = weights.owedCpuNs;
  counts.tickCpuNs += weights.tickCpuNs;
  counts.discardedCpuNs += weights.tickCpuNs;
  counts.missed += weights.missed;
  const shown = foldOwnFrames(segment, functions);
  const parent = nodes.parent.map((above, node) =>
    functions[nodes.function[node] as number]?.isCallbackFrame ? 0 : above,
  );
  const untimed = Int32Array.from(nodes.hits);
  /** Per tree root: the tree's node for each node of the segment that was met. */
  const paths = new Map<string | CallTreeBuilder, Map<number, number>>();

  const add = (
    tree: CallTreeBuilder,
    root: number,
    key: string | CallTreeBuilder,
    node: number,
    hits: number,
    wallNs: number,
    cpuNs: number,
  ): void => {
    let path = paths.get(key);
    if (!path) {
      path = new Map([[0, root]]);
      paths.set(key, path);
    }
    let target = findNode(tree, path, node, parent, shown);
    if (node > 0 && shown[node] === null) {
      target = tree.child(target, tree.addFunction(OWN_FUNCTION));
      counts.profilerNs += wallNs;
    }
    tree.addSelf(target, { samples: hits, cpuNs, wallNs, waitNs: 0, waits: 0 });
  };
  const addToRoute = (route: string, node: number, hits: number, wallNs: number, cpuNs: number): void => {
    const root = builder.child(0, builder.addFunction(routeFunction(route)));
    add(builder, root, route, node, hits, wallNs, cpuNs);
  };

  const discard = (reason: 'ignored' | 'profiler' | 'warmup' | 'unresolved', cpuNs: number): void => {
    counts[reason]++;
    counts.discardedCpuNs += cpuNs;
  };

  for (let at = 0; at < samples.node.length; at++) {
    const node = samples.node[at] as number;
    const slot = samples.slot[at] as number;
    const wallNs = weights.wallNs[at] as number;
    const cpuNs = weights.cpuNs[at] as number;
    counts.total++;
    untimed[node] = Math.max(0, (untimed[node] as number) - 1);
    if (idle.has(node)) {
      counts.idle++;
      continue;
    }
    const timeMicros = samples.timeMicros[at] as number;
    targets.sampled({ node, slot, timeMicros, wallNs, cpuNs }, at);
    if (slot === SLOT_IGNORED) discard('ignored', cpuNs);
    else if (slot === SLOT_PROFILER) discard('profiler', cpuNs);
    else if (slot === SLOT_NONE) addToRoute(BACKGROUND_ROUTE, node, 1, wallNs, cpuNs);
    else {
      const destination = targets.destinationOf(at, timeMicros);
      if (destination === 'warmup' || destination === 'unresolved') discard(destination, cpuNs);
      else if ('route' in destination) addToRoute(destination.route, node, 1, wallNs, cpuNs);
      else {
        const pending = targets.pendingBuilder(destination.pending);
        add(pending, 0, pending, node, 1, wallNs, cpuNs);
      }
    }
  }
  counts.total += segment.unmatched;
  counts.unmatched += segment.unmatched;
  // V8 counted these samples but the sampler could not read a context beside them.
  for (let node = 0; node < untimed.length; node++) {
    const hits = untimed[node] as number;
    if (hits === 0) continue;
    counts.total += hits;
    if (idle.has(node)) counts.idle += hits;
    else addToRoute(BACKGROUND_ROUTE, node, hits, hits * weights.meanWallNs, hits * weights.meanWallNs);
  }
  return { parent, shown };
}

function idleNodes({ nodes, functions }: CpuSegment): ReadonlySet<number> {
  const idle = new Set<number>();
  nodes.function.forEach((index, node) => {
    if (functions.name[index] === IDLE && functions.file[index] === '') idle.add(node);
  });
  return idle;
}

/** @returns per node the function it shows as, or null where the node is the profiler's and is folded into its parent. */
function foldOwnFrames(segment: CpuSegment, functions: readonly SymbolizedFunction[]): (FunctionInfo | null)[] {
  const { parent, function: nodeFunction } = segment.nodes;
  const shown: (FunctionInfo | null)[] = [null];
  for (let node = 1; node < parent.length; node++) {
    const above = parent[node] as number;
    const belowOwn = above > 0 && shown[above] === null;
    const symbolized = functions[nodeFunction[node] as number];
    shown.push(!symbolized || symbolized.isOwn || (belowOwn && symbolized.isStorage) ? null : symbolized.info);
  }
  return shown;
}

/** Walks up to the nearest known ancestor, then down again: stacks can be deep, so without recursion. */
function findNode(
  tree: CallTreeBuilder,
  path: Map<number, number>,
  node: number,
  parent: Int32Array,
  shown: readonly (FunctionInfo | null)[],
): number {
  const chain: number[] = [];
  let at = node;
  let target = path.get(at);
  while (target === undefined) {
    chain.push(at);
    at = parent[at] as number;
    target = path.get(at);
  }
  for (const step of chain.reverse()) {
    const info = shown[step];
    if (info) target = tree.child(target, tree.addFunction(info));
    path.set(step, target);
  }
  return target;
}
