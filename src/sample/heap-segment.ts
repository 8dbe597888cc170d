/** What is in use on the heap at one moment, by the stacks that allocated it: columns, as a segment of CPU samples has them. */

import type { CpuSegment } from './segment.ts';

export interface HeapSegment {
  /** Milliseconds since the epoch, when sampling began. */
  readonly since: number;
  /** Bytes between samples, on average. */
  readonly intervalBytes: number;
  readonly functions: CpuSegment['functions'];
  /** Node 0 is the root, a parent's index is below its children's. Estimates for all objects, from those that were sampled. */
  readonly nodes: {
    readonly parent: Int32Array<ArrayBuffer>;
    /** Index into `functions`, -1 for the root. */
    readonly function: Int32Array<ArrayBuffer>;
    readonly inUseObjects: Float64Array<ArrayBuffer>;
    readonly inUseBytes: Float64Array<ArrayBuffer>;
  };
}
