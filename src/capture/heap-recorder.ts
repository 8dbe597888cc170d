/**
 * Captures of allocations: V8's sampling heap profiler keeps either everything that was sampled or what is still alive, never both. So
 * the first half of the time is for the one and the second for the other.
 */

import type { HeapFigures } from '../api/types.ts';
import { AllocationTree } from './allocation-tree.ts';
import { type CallFrame, frameKey, rawFunctions } from './line-recorder.ts';
import type { Recorder } from './recorder.ts';

/** Bytes between samples. Everything sampled in the first half is kept until its end, garbage included: fewer samples. */
const ALLOCATED_INTERVAL = 256 * 1024;
const IN_USE_INTERVAL = 64 * 1024;
const OBJECT_ALIGNMENT = 8;
/** The order of the result: the most in use first. */
const COLUMNS = ['inUseBytes', 'allocatedBytes', 'inUseObjects', 'allocatedObjects'] as const;
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
      const tree = new AllocationTree<CallFrame, keyof HeapFigures>(COLUMNS);
      if (allocated) addProfile(tree, allocated, ALLOCATED_INTERVAL, ['allocatedObjects', 'allocatedBytes']);
      addProfile(tree, inUse, IN_USE_INTERVAL, ['inUseObjects', 'inUseBytes']);
      const symbolized = await context.symbolize(rawFunctions(tree.frames));
      return { halfSeconds: seconds / 2, ...tree.result(symbolized) };
    },
  };
}

function addProfile(
  tree: AllocationTree<CallFrame, keyof HeapFigures>,
  { head, samples }: SamplingHeapProfile,
  interval: number,
  [objects, bytes]: readonly [keyof HeapFigures, keyof HeapFigures],
): void {
  const target = new Map<number, number>([[head.id, 0]]);
  const open: HeapNode[] = [head];
  for (let node = open.pop(); node; node = open.pop()) {
    const parent = target.get(node.id) ?? 0;
    // Of the node itself, and estimated already.
    tree.add(parent, bytes, node.selfSize);
    for (const child of node.children) {
      target.set(child.id, tree.child(parent, frameKey(child.callFrame), child.callFrame));
      open.push(child);
    }
  }
  const objectsBySize = new Map<number, number>();
  for (const { size, nodeId } of samples) {
    const node = target.get(nodeId) ?? 0;
    const known = objectsBySize.get(size) ?? objectsOf(size, interval);
    objectsBySize.set(size, known);
    tree.add(node, objects, known);
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
