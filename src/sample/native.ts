/** The shapes that @datadog/pprof's native profiler returns, before its own serializer. */

/** What a sample context must carry; the request layer's slots do. */
export interface SampledContext {
  /** Slot number, or one of the SLOT_ constants. */
  readonly id: number;
  /** Called on the sampled thread at a rotation, once per sample: the slot to which a sample at this time belongs. */
  slotAt(timeMicros: number): number;
}

export interface NativeSample {
  readonly context?: SampledContext;
  readonly timestamp: bigint;
  /** Missing where V8 was in `(program)`. */
  readonly cpuTime?: number;
}

export interface NativeNode {
  readonly name: string;
  readonly scriptName: string;
  readonly lineNumber?: number;
  readonly columnNumber?: number;
  readonly scriptId?: number;
  readonly hitCount: number;
  readonly contexts?: readonly NativeSample[];
  readonly children: readonly NativeNode[];
}

export interface NativeProfile {
  /** Microseconds on V8's monotonic clock; the samples' timestamps are microseconds since the epoch. */
  readonly startTime: number;
  readonly endTime: number;
  readonly topDownRoot: NativeNode;
}
