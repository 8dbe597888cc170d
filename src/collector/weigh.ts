/**
 * Says how much time each sample stands for. Time on the thread: the length of the segment over its number of samples. CPU time: the
 * thread's CPU clock was read at each sample, but a reading after idleness also covers what ran unseen in between, and V8 books the
 * reading of a `(program)` sample on the next one. So the clock is trusted only between two samples of the same stretch of work;
 * the first sample of a stretch stands for one interval, as in any sampling profiler (docs/how-it-works.md, "CPU time").
 */

import type { CpuSegment } from '../sample/segment.ts';

/** How a sampled node counts. */
export type NodeKind = 'busy' | 'idle' | 'program';

export interface SampleWeights {
  /** Time on the thread that each sample stands for, nanoseconds; the same for all of a segment. */
  readonly wallNs: number;
  /** Per timed sample, nanoseconds; 0 for idle ones. */
  readonly cpuNs: Float64Array;
  /** The thread's CPU time over the segment as the clock had it, nanoseconds. */
  readonly threadCpuNs: number;
}

export function weighSamples(segment: CpuSegment, kindOf: (node: number) => NodeKind): SampleWeights {
  const { samples, nodes } = segment;
  const count = samples.node.length;
  let hits = 0;
  for (const nodeHits of nodes.hits) hits += nodeHits;
  const wallNs = hits === 0 ? 0 : ((segment.endMicros - segment.startMicros) * 1000) / hits;
  const cpuNs = new Float64Array(count);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort((a, b) => (samples.timeMicros[a] as number) - (samples.timeMicros[b] as number));

  let threadCpuNs = 0;
  let wasIdle = true;
  let previousMicros = Number.NaN;
  /** `(program)` samples whose CPU time will be booked on the next sample. */
  let unbooked: number[] = [];
  for (const index of order) {
    const kind = kindOf(samples.node[index] as number);
    if (kind === 'program') {
      unbooked.push(index);
      continue;
    }
    const micros = samples.timeMicros[index] as number;
    const readNs = samples.cpuNs[index] as number;
    threadCpuNs += readNs || 0;
    const shared = kind === 'idle' ? unbooked : [...unbooked, index];
    const isStretch = kind === 'busy' && !wasIdle && Number.isFinite(readNs);
    const eachNs = isStretch ? Math.max(0, Math.min(readNs, (micros - previousMicros) * 1000)) / shared.length : wallNs;
    for (const member of shared) cpuNs[member] = eachNs;
    if (unbooked.length > 0) unbooked = [];
    wasIdle = kind === 'idle';
    previousMicros = micros;
  }
  for (const index of unbooked) cpuNs[index] = wallNs;
  return { wallNs, cpuNs, threadCpuNs };
}
