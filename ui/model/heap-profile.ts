/** A capture of the heap as a profile: bytes stand where time does, objects where samples do. Every view of the page can show it. */

import type { CaptureSummary, HeapResult, Profile } from '../../src/api/types.ts';

/** inuse: what was allocated and still lived at the end. allocated: all, whether it lived or not. */
export const HEAP_FIGURES = ['inuse', 'allocated'] as const;
export type HeapFigure = (typeof HEAP_FIGURES)[number];

export function heapProfile(
  { nodes, functions }: HeapResult,
  { startedAt, seconds }: CaptureSummary,
  figure: HeapFigure,
): Profile {
  const { self } = nodes;
  const bytes = Float64Array.from(figure === 'inuse' ? self.inUseBytes : self.allocatedBytes);
  const nothing = new Float64Array(bytes.length);
  return {
    version: 1,
    run: '',
    window: { from: startedAt, to: startedAt + seconds * 1000 },
    routes: [],
    requests: 0,
    intervalMs: 0,
    functions,
    nodes: {
      parent: Int32Array.from(nodes.parent),
      function: Int32Array.from(nodes.function),
      self: {
        samples: Float64Array.from(figure === 'inuse' ? self.inUseObjects : self.allocatedObjects),
        cpuNs: bytes,
        wallNs: nothing,
        waitNs: nothing,
        waits: nothing,
      },
    },
  };
}
