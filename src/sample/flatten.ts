/**
 * Turns the native profiler's object tree into the columns of a segment, in one pass on the sampled thread: this runs in the
 * host at every rotation, so it allocates little, resolves nothing that the collector can, and never recurses.
 */

import { FunctionTable } from './function-table.ts';
import type { NativeNode, NativeProfile } from './native.ts';
import { type CpuSegment, SLOT_NONE } from './segment.ts';

/**
 * @param endMicros the time of the rotation, microseconds since the epoch.
 * @param taken how many samples were taken; the profile lacks those whose stack and context could not be brought together.
 * @param threadCpuNs of the segment, NaN if unknown.
 */
export function flattenProfile(
  profile: NativeProfile,
  endMicros: number,
  taken: number,
  threadCpuNs: number,
): CpuSegment {
  const nodes: NativeNode[] = [profile.topDownRoot];
  const parent: number[] = [-1];
  const nodeFunction: number[] = [-1];
  const functions = new FunctionTable();
  let sampleCount = 0;

  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as NativeNode;
    sampleCount += node.contexts?.length ?? 0;
    for (const child of node.children) {
      parent.push(index);
      nodeFunction.push(functions.indexOf(child));
      nodes.push(child);
    }
  }

  const hits = new Int32Array(nodes.length);
  const samples = {
    node: new Int32Array(sampleCount),
    timeMicros: new Float64Array(sampleCount),
    cpuNs: new Float64Array(sampleCount),
    slot: new Int32Array(sampleCount),
  };
  let at = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as NativeNode;
    hits[index] = node.hitCount;
    for (const sample of node.contexts ?? []) {
      const timeMicros = Number(sample.timestamp);
      samples.node[at] = index;
      samples.timeMicros[at] = timeMicros;
      samples.cpuNs[at] = sample.cpuTime ?? Number.NaN;
      samples.slot[at] = sample.context?.slotAt(timeMicros) ?? SLOT_NONE;
      at++;
    }
  }
  return {
    startMicros: endMicros - (profile.endTime - profile.startTime),
    endMicros,
    functions: functions.columns(),
    nodes: { parent: Int32Array.from(parent), function: Int32Array.from(nodeFunction), hits },
    samples,
    unmatched: Math.max(0, taken - sampleCount),
    threadCpuNs,
  };
}
