/** What is in use on the heap now (`api/v1/memory`, option `heap`), as the capture of a heap that every view can show. */

import type { CaptureAnswer, HeapResult, MemoryAnswer } from '../../src/api/types.ts';

/** In place of a capture's id; those are of hexadecimal digits. */
export const LIVE_MEMORY = 'memory';

/** @param now milliseconds since the epoch. */
export function memoryCapture(
  { since, functions, nodes, truncated }: MemoryAnswer,
  now: number,
): CaptureAnswer & { readonly kind: 'heap' } {
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  // What was freed meanwhile is not known.
  const none = { allocatedBytes: 0, allocatedObjects: 0 };
  const zeros = nodes.parent.map(() => 0);
  const result: HeapResult = {
    functions: functions.map((info) => ({ ...info, ...none })),
    nodes: { ...nodes, self: { ...nodes.self, allocatedBytes: zeros, allocatedObjects: zeros } },
    truncated,
    halfSeconds: seconds,
  };
  return { id: LIVE_MEMORY, kind: 'heap', state: 'done', startedAt: since, seconds, progress: 1, result };
}
