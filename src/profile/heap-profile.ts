/** Memory as a profile: bytes stand where CPU time does, objects where samples do. Every view, table and format can show it. */

import type { FunctionInfo, Profile } from './profile.ts';

/** inuse: what was allocated and still lived at the end. allocated: all, whether it lived or not. */
export const HEAP_FIGURES = ['inuse', 'allocated'] as const;
export type HeapFigure = (typeof HEAP_FIGURES)[number];

export const HEAP_TITLES: Record<HeapFigure, string> = { inuse: 'memory in use', allocated: 'memory allocated' };

/** What was sampled of the heap, in columns like a profile's. */
export interface HeapColumns {
  readonly functions: readonly FunctionInfo[];
  readonly nodes: {
    readonly parent: readonly number[];
    readonly function: readonly number[];
    /** What was allocated altogether is not known of what is sampled all the time. */
    readonly self: {
      readonly inUseObjects: readonly number[];
      readonly inUseBytes: readonly number[];
      readonly allocatedObjects?: readonly number[];
      readonly allocatedBytes?: readonly number[];
    };
  };
}

/** @param startedAt milliseconds since the epoch. */
export function captureWindow({ startedAt, seconds }: { startedAt: number; seconds: number }): Profile['window'] {
  return { from: startedAt, to: startedAt + seconds * 1000 };
}

/** @param window milliseconds since the epoch. */
export function heapProfile({ nodes, functions }: HeapColumns, window: Profile['window'], figure: HeapFigure): Profile {
  const { inUseBytes, inUseObjects, allocatedBytes = [], allocatedObjects = [] } = nodes.self;
  const bytes = Float64Array.from(figure === 'inuse' ? inUseBytes : allocatedBytes);
  const nothing = new Float64Array(bytes.length);
  return {
    version: 1,
    run: '',
    window,
    routes: [],
    requests: 0,
    intervalMs: 0,
    functions,
    nodes: {
      parent: Int32Array.from(nodes.parent),
      function: Int32Array.from(nodes.function),
      self: {
        samples: Float64Array.from(figure === 'inuse' ? inUseObjects : allocatedObjects),
        cpuNs: bytes,
        wallNs: nothing,
        waitNs: nothing,
        waits: nothing,
      },
    },
  };
}
