/**
 * Samples allocations of this thread all the time: V8's sampling heap profiler through @datadog/pprof's bindings. Objects that were
 * collected are forgotten, so what it holds is bounded by what is alive.
 */

import { createRequire } from 'node:module';
import { FunctionTable } from './function-table.ts';
import type { HeapSegment } from './heap-segment.ts';

/** What V8 and @datadog/pprof take by default. */
const INTERVAL_BYTES = 512 * 1024;
const STACK_DEPTH = 64;

interface AllocationNode {
  readonly name: string;
  readonly scriptName: string;
  readonly scriptId?: number;
  readonly lineNumber?: number;
  readonly columnNumber?: number;
  readonly allocations: readonly { readonly sizeBytes: number; readonly count: number }[];
  readonly children: readonly AllocationNode[];
}

interface Bindings {
  startSamplingHeapProfiler(intervalBytes: number, stackDepth: number): void;
  stopSamplingHeapProfiler(): void;
  getAllocationProfile(): AllocationNode;
}

export interface HeapSampler {
  /** Reads what is in use; takes milliseconds where there are many stacks. */
  read(): HeapSegment;
  stop(): void;
}

/** @throws where the native part is missing for this platform. */
export function startHeapSampler(): HeapSampler {
  const require = createRequire(import.meta.url);
  const bindings = require('@datadog/pprof/out/src/heap-profiler-bindings.js') as Bindings;
  bindings.startSamplingHeapProfiler(INTERVAL_BYTES, STACK_DEPTH);
  const since = Date.now();
  return {
    read: () => ({ since, intervalBytes: INTERVAL_BYTES, ...flattenAllocations(bindings.getAllocationProfile()) }),
    stop: () => bindings.stopSamplingHeapProfiler(),
  };
}

function flattenAllocations(root: AllocationNode): Pick<HeapSegment, 'functions' | 'nodes'> {
  const functions = new FunctionTable();
  const nodes: AllocationNode[] = [root];
  const parent: number[] = [-1];
  const nodeFunction: number[] = [-1];
  for (let index = 0; index < nodes.length; index++) {
    for (const child of (nodes[index] as AllocationNode).children) {
      parent.push(index);
      nodeFunction.push(functions.indexOf(child));
      nodes.push(child);
    }
  }
  const inUseObjects = new Float64Array(nodes.length);
  const inUseBytes = new Float64Array(nodes.length);
  for (const [index, { allocations }] of nodes.entries()) {
    for (const { sizeBytes, count } of allocations) {
      inUseObjects[index] = (inUseObjects[index] as number) + count;
      inUseBytes[index] = (inUseBytes[index] as number) + count * sizeBytes;
    }
  }
  return {
    functions: functions.columns(),
    nodes: { parent: Int32Array.from(parent), function: Int32Array.from(nodeFunction), inUseObjects, inUseBytes },
  };
}
