/** One stretch of recording in this process: a sampler, the requests it tells apart, and what rotations take from both. */

import { alignClock } from './clock.ts';
import type { Guard } from './host/guard.ts';
import { type RecorderOptions, RequestRecorder } from './request/recorder.ts';
import type { RequestBatch } from './request/request-batch.ts';
import { FULL_LOG } from './request/request-log.ts';
import type { RouteTable } from './request/route-table.ts';
import { type CpuSampler, storageCarrier } from './sample/cpu.ts';
import type { HeapSampler } from './sample/heap.ts';
import type { HeapSegment } from './sample/heap-segment.ts';
import type { CpuSegment } from './sample/segment.ts';
import type { DriverSeam } from './wait/driver.ts';
import { followDrivers } from './wait/follow-drivers.ts';
import { waitSources } from './wait/sources/index.ts';
import type { StackTable } from './wait/stack-table.ts';
import type { TraceBatch } from './wait/trace-batch.ts';
import { WaitTracer } from './wait/tracer.ts';

export interface Taken {
  readonly segment: CpuSegment | null;
  readonly requests: RequestBatch;
  /** Null where waits are not traced. */
  readonly traces: TraceBatch | null;
}

export interface Samplers {
  readonly cpu: CpuSampler | undefined;
  readonly heap: HeapSampler | undefined;
}

export interface WaitOptions {
  /** Whether only as many requests are traced as a budget allows. */
  readonly isLimited: boolean;
  /** Folder of the profiler's own code. */
  readonly ownDirectory: string;
  /** One for all recordings of a process, as routes: the collector knows stacks by their number. */
  readonly stacks: StackTable;
}

/** What a recording has to do with the host. */
export interface HostHooks {
  readonly driverSeam: DriverSeam;
  readonly guard: Guard;
}

export class Recording {
  readonly recorder: RequestRecorder;
  readonly #sampler: CpuSampler | undefined;
  readonly #heap: HeapSampler | undefined;
  readonly #tracer: WaitTracer | undefined;
  readonly #stopFollowing: (() => void)[] = [];

  /**
   * @param samplers `cpu` is undefined where sampling cannot work: requests are counted all the same; `heap` where it is not wanted.
   * @param waits undefined where they are not wanted.
   */
  constructor(
    { cpu: sampler, heap }: Samplers,
    routes: RouteTable,
    options: Omit<RecorderOptions, 'tracer'>,
    { driverSeam, guard }: HostHooks,
    waits?: WaitOptions,
  ) {
    this.#sampler = sampler;
    this.#heap = heap;
    const tracer = waits && new WaitTracer({ ...waits, current: () => this.recorder.current() });
    this.#tracer = tracer;
    this.recorder = new RequestRecorder(sampler?.carrier ?? storageCarrier(), routes, { ...options, tracer });
    this.#stopFollowing.push(followDrivers(driverSeam, this.recorder, tracer, guard));
    if (!tracer) return;
    for (const source of waitSources) {
      const stop = guard.run(`waits of ${source.name}`, () => source.follow(tracer, guard));
      if (stop) this.#stopFollowing.push(stop);
    }
  }

  get tracking(): 'async-context-frame' | 'async-hooks' | 'none' {
    return this.#sampler?.tracking ?? 'none';
  }

  get samplerRestarts(): number {
    return this.#sampler?.restarts() ?? 0;
  }

  get isFull(): boolean {
    return this.recorder.pending >= FULL_LOG;
  }

  readHeap(): HeapSegment | undefined {
    return this.#heap?.read();
  }

  rotate(): Taken {
    alignClock();
    const segment = this.#sampler?.rotate() ?? null;
    return { segment, requests: this.recorder.take(segment?.samples), traces: this.#tracer?.take() ?? null };
  }

  /** Ends it for good. */
  stop(): Taken {
    for (const stop of this.#stopFollowing) stop();
    this.#heap?.stop();
    const segment = this.#sampler?.stop() ?? null;
    return { segment, requests: this.recorder.stop(segment?.samples), traces: this.#tracer?.take() ?? null };
  }
}
