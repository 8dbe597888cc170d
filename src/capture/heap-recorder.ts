/**
 * Captures of allocations: V8's sampling heap profiler keeps either everything that was sampled or what is still alive, never both. So
 * the first half of the time is for the one and the second for the other.
 */

import type { HeapFigures, HeapResult } from '../api/types.ts';
import type { SymbolizedFunction } from '../collector/symbolizer.ts';
import { type CallFrame, frameKey, rawFunctions } from './line-recorder.ts';
import type { CaptureContext, Recorder } from './recorder.ts';

/** Bytes between samples. Everything sampled in the first half is kept until its end, garbage included: fewer samples. */
const ALLOCATED_INTERVAL = 256 * 1024;
const IN_USE_INTERVAL = 64 * 1024;
const MAX_NODES = 50_000;
const OBJECT_ALIGNMENT = 8;
/** In intervals: an object larger than so many stands for itself. */
const MAX_SCALED = 4;

/** https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile */
interface SamplingHeapProfile {
  readonly head: HeapNode;
  /** `size` is of all objects that the sample stands for. */
  readonly samples: readonly { readonly size: number; readonly nodeId: number }[];
}

interface HeapNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

type Columns = Record<keyof HeapFigures, number[]>;

/** The stacks of both halves in one tree. */
interface Tree {
  readonly frames: CallFrame[];
  readonly parent: number[];
  readonly frame: number[];
  readonly self: Columns;
  truncated: number;
}

export function heapRecorder(seconds: number): Recorder {
  let allocated: SamplingHeapProfile | undefined;
  return {
    start: (session) =>
      session
        .post('HeapProfiler.startSampling', {
          samplingInterval: ALLOCATED_INTERVAL,
          includeObjectsCollectedByMajorGC: true,
          includeObjectsCollectedByMinorGC: true,
        })
        .then(() => undefined),
    async half(session) {
      allocated = (await session.post<{ profile: SamplingHeapProfile }>('HeapProfiler.stopSampling')).profile;
      await session.post('HeapProfiler.startSampling', { samplingInterval: IN_USE_INTERVAL });
    },
    async finish(session, context) {
      const inUse = (await session.post<{ profile: SamplingHeapProfile }>('HeapProfiler.stopSampling')).profile;
      session.disconnect();
      const tree = emptyTree();
      const nodes = new Map<string, number>();
      const frames = new Map<string, number>();
      if (allocated)
        addProfile(tree, nodes, frames, allocated, ALLOCATED_INTERVAL, ['allocatedObjects', 'allocatedBytes']);
      addProfile(tree, nodes, frames, inUse, IN_USE_INTERVAL, ['inUseObjects', 'inUseBytes']);
      return resultOf(tree, seconds / 2, context);
    },
  };
}

function emptyTree(): Tree {
  const self = { inUseObjects: [0], inUseBytes: [0], allocatedObjects: [0], allocatedBytes: [0] };
  return { frames: [], parent: [-1], frame: [-1], self, truncated: 0 };
}

function addProfile(
  tree: Tree,
  nodes: Map<string, number>,
  frames: Map<string, number>,
  { head, samples }: SamplingHeapProfile,
  interval: number,
  [objects, bytes]: readonly [keyof HeapFigures, keyof HeapFigures],
): void {
  const target = new Map<number, number>([[head.id, 0]]);
  const open: HeapNode[] = [head];
  for (let node = open.pop(); node; node = open.pop()) {
    const parent = target.get(node.id) ?? 0;
    // Of the node itself, and estimated already.
    tree.self[bytes][parent] = (tree.self[bytes][parent] ?? 0) + node.selfSize;
    for (const child of node.children) {
      target.set(child.id, childOf(tree, nodes, frames, parent, child.callFrame));
      open.push(child);
    }
  }
  const objectsBySize = new Map<number, number>();
  for (const { size, nodeId } of samples) {
    const node = target.get(nodeId) ?? 0;
    const known = objectsBySize.get(size) ?? objectsOf(size, interval);
    objectsBySize.set(size, known);
    tree.self[objects][node] = (tree.self[objects][node] ?? 0) + known;
  }
}

/**
 * How many objects a sample stands for. V8 gives the product of that number and an object's size, where the number follows from
 * the size (v8/src/profiler/sampling-heap-profiler.cc, ScaleSample): the smallest size that gives the product is taken.
 */
export function objectsOf(product: number, interval: number): number {
  for (let size = OBJECT_ALIGNMENT; size <= MAX_SCALED * interval && size <= product; size += OBJECT_ALIGNMENT) {
    const count = Math.floor(1 / (1 - Math.exp(-size / interval)) + 0.5);
    if (size * count === product) return count;
  }
  return 1;
}

/** Past the bound a stack ends at its last node that found room, so that sums stay true. */
function childOf(
  tree: Tree,
  nodes: Map<string, number>,
  frames: Map<string, number>,
  parent: number,
  callFrame: CallFrame,
): number {
  const name = frameKey(callFrame);
  let frame = frames.get(name);
  if (frame === undefined) {
    frame = tree.frames.push(callFrame) - 1;
    frames.set(name, frame);
  }
  const key = `${parent}:${frame}`;
  const known = nodes.get(key);
  if (known !== undefined) return known;
  if (tree.parent.length >= MAX_NODES) {
    tree.truncated++;
    return parent;
  }
  const node = tree.parent.push(parent) - 1;
  tree.frame.push(frame);
  for (const column of Object.values(tree.self)) column.push(0);
  nodes.set(key, node);
  return node;
}

async function resultOf(tree: Tree, halfSeconds: number, context: CaptureContext): Promise<HeapResult> {
  const symbolized = await context.symbolize(rawFunctions(tree.frames));
  const left = withoutOwn(tree, symbolized);
  const sums = tree.frames.map(
    (): Record<keyof HeapFigures, number> => ({
      inUseObjects: 0,
      inUseBytes: 0,
      allocatedObjects: 0,
      allocatedBytes: 0,
    }),
  );
  for (let node = 1; node < left.frame.length; node++) {
    const sum = sums[left.frame[node] ?? -1];
    if (!sum) continue;
    for (const key of Object.keys(sum) as (keyof HeapFigures)[]) sum[key] += left.self[key][node] ?? 0;
  }
  const order = [...new Set(left.frame.filter((frame) => frame >= 0))].sort(
    (a, b) =>
      (sums[b]?.inUseBytes ?? 0) - (sums[a]?.inUseBytes ?? 0) ||
      (sums[b]?.allocatedBytes ?? 0) - (sums[a]?.allocatedBytes ?? 0),
  );
  const place = new Map(order.map((frame, at) => [frame, at]));
  return {
    halfSeconds,
    functions: order.flatMap((frame) => {
      const info = symbolized[frame]?.info;
      const sum = sums[frame];
      return info && sum ? [{ ...info, ...sum }] : [];
    }),
    nodes: { parent: left.parent, function: left.frame.map((frame) => place.get(frame) ?? -1), self: left.self },
    truncated: left.truncated,
  };
}

/** What the profiler allocated itself is left out, frame by frame: below it can be the host's code. */
function withoutOwn(tree: Tree, symbolized: readonly SymbolizedFunction[]): Tree {
  const left = emptyTree();
  const target = [0];
  for (let node = 1; node < tree.parent.length; node++) {
    const parent = target[tree.parent[node] ?? 0] ?? 0;
    const frame = tree.frame[node] ?? -1;
    if (symbolized[frame]?.isOwn) {
      target.push(parent);
      continue;
    }
    target.push(left.parent.push(parent) - 1);
    left.frame.push(frame);
    for (const key of Object.keys(left.self) as (keyof HeapFigures)[]) left.self[key].push(tree.self[key][node] ?? 0);
  }
  return { ...left, frames: tree.frames, truncated: tree.truncated };
}
