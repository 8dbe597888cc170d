/** Makes `api/v1/memory` of what the host's thread read from its heap sampler. */

import type { MemoryAnswer } from '../api/types.ts';
import { AllocationTree } from '../capture/allocation-tree.ts';
import type { HeapSegment } from '../sample/heap-segment.ts';
import type { SymbolizedFunction } from './symbolizer.ts';

const COLUMNS = ['inUseBytes', 'inUseObjects'] as const;

/** @param symbolized the segment's functions. */
export function memoryAnswer(
  { since, intervalBytes, nodes }: HeapSegment,
  symbolized: readonly SymbolizedFunction[],
): MemoryAnswer {
  const tree = new AllocationTree<SymbolizedFunction | undefined, (typeof COLUMNS)[number]>(COLUMNS);
  const target = [0];
  for (let node = 0; node < nodes.parent.length; node++) {
    if (node > 0) {
      const index = nodes.function[node] as number;
      target.push(tree.child(target[nodes.parent[node] as number] as number, String(index), symbolized[index]));
    }
    for (const column of COLUMNS) tree.add(target[node] as number, column, nodes[column][node] as number);
  }
  return { since, intervalBytes, ...tree.result(tree.frames.filter((frame) => frame !== undefined)) };
}
