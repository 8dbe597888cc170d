/**
 * What one rotation of the sampler hands to the collector: plain columns whose buffers are transferred, not copied.
 * Nothing here is symbolized or attributed yet; that is the collector's work.
 */

/** Slot of a sample taken outside any request. */
export const SLOT_NONE = -1;
/** Slot of a sample taken in a request that `ignore` excludes. */
export const SLOT_IGNORED = -2;
/** Slot of a sample taken in the profiler's own main-thread work. */
export const SLOT_PROFILER = -3;

export interface CpuSegment {
  /** Microseconds since the epoch, on the sampler's clock. */
  readonly startMicros: number;
  readonly endMicros: number;
  /** Sampled functions, as V8 names them: `file` is a path, a file: or a node: URL; line and column are 1-based, 0 when unknown. */
  readonly functions: {
    readonly name: readonly string[];
    readonly file: readonly string[];
    readonly line: Int32Array<ArrayBuffer>;
    readonly column: Int32Array<ArrayBuffer>;
  };
  /** The sampled call tree; node 0 is the root, a parent's index is below its children's. */
  readonly nodes: {
    readonly parent: Int32Array<ArrayBuffer>;
    /** Index into `functions`, -1 for the root. */
    readonly function: Int32Array<ArrayBuffer>;
    /** Number of samples whose innermost frame is the node. */
    readonly hits: Int32Array<ArrayBuffer>;
  };
  /** The samples that carry a time, in no particular order. At most as many per node as `hits`. */
  readonly samples: {
    readonly node: Int32Array<ArrayBuffer>;
    readonly timeMicros: Float64Array<ArrayBuffer>;
    /** CPU time of the thread since the previous timed sample; NaN where V8 was outside JavaScript and none was read. */
    readonly cpuNs: Float64Array<ArrayBuffer>;
    /** The request slot that was current, or one of the SLOT_ constants. */
    readonly slot: Int32Array<ArrayBuffer>;
  };
  /** Samples that were taken and lost: the sampler could not bring stack and context together. */
  readonly unmatched: number;
  /** CPU time of the thread in all of the segment, NaN where there is no such clock. Its readings at samples leave out what comes after the last. */
  readonly threadCpuNs: number;
}

/** The buffers of a segment, for `postMessage`'s transfer list. */
export function segmentBuffers(segment: CpuSegment): ArrayBuffer[] {
  const { functions, nodes, samples } = segment;
  return [
    functions.line,
    functions.column,
    nodes.parent,
    nodes.function,
    nodes.hits,
    samples.node,
    samples.timeMicros,
    samples.cpuNs,
    samples.slot,
  ].map((column) => column.buffer);
}
