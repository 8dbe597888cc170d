/**
 * The CPU sampler: @datadog/pprof's native profiler with sample contexts, driven through its bindings because the package's
 * own front end encodes pprof on the calling thread and makes one native context per request (docs/adr/0001).
 */

import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { epochMicros } from '../clock.ts';
import { flattenProfile } from './flatten.ts';
import type { NativeProfile, SampledContext } from './native.ts';
import type { CpuSegment } from './segment.ts';
import { threadClock } from './thread-clock.ts';

/** Runs functions so that samples taken in them, and in what they start, carry a context. */
export interface ContextCarrier {
  /** What `run` stores for a context: make it once per context and keep it, a native object stands behind it. */
  createHolder(context: SampledContext): object;
  run<Result>(holder: object, body: (...args: never[]) => Result, self: unknown, args: ArrayLike<unknown>): Result;
  /**
   * What runs from now on carries a context, until the native callback that we are in ends, which takes it along: cheaper than `run`.
   * @returns false where that is not so, and `run` must be used.
   */
  enter(holder: object): boolean;
  /** The holder of the current context, undefined outside any. */
  current(): object | undefined;
  contextOf(holder: object): SampledContext | undefined;
}

export interface CpuSampler {
  readonly carrier: ContextCarrier;
  /** How contexts follow asynchronous work in this Node.js. */
  readonly tracking: 'async-context-frame' | 'async-hooks';
  /** Ends the segment recorded so far and begins the next one. Calls on the same thread must not nest. */
  rotate(): CpuSegment;
  /** Ends sampling and returns the last segment. The sampler cannot be used again. */
  stop(): CpuSegment;
  /** How often V8's sampling thread got stuck and was restarted. */
  restarts(): number;
}

interface Tracking {
  readonly carrier: ContextCarrier;
  /** Lets go of the native profiler: what still runs in a context must not reach it once it is disposed of. */
  end(): void;
}

interface TimeProfiler {
  context: unknown;
  readonly state: Uint32Array;
  start(): void;
  stop(restart: boolean): NativeProfile;
  dispose(): void;
  v8ProfilerStuckEventLoopDetected(): number;
  createContextHolder(context: object): object;
}

interface Bindings {
  readonly TimeProfiler: new (options: object) => TimeProfiler;
  readonly constants: { readonly kSampleCount: number };
}

/** A profile without a sample looks like that of a stuck sampling thread, so a short one is no evidence: a restart holds the host for long. */
const LEAST_MICROS = 1_000_000;

/**
 * Starts sampling this thread.
 * @param maxSegmentMs the sampler keeps room for twice the samples of this time; later ones lose their context.
 * @throws where the native part is missing for this platform or another profiler of the same kind runs already.
 */
export function startCpuSampler(intervalMs: number, maxSegmentMs: number): CpuSampler {
  const require = createRequire(import.meta.url);
  const { TimeProfiler, constants } = require('@datadog/pprof/out/src/time-profiler-bindings.js') as Bindings;
  const { isAsyncContextFrameActive } = require('@datadog/pprof/out/src/async-context-frame.js') as {
    isAsyncContextFrameActive(): boolean;
  };
  const useCPED = isAsyncContextFrameActive();
  const storage = new AsyncLocalStorage<object>();
  const intervalMicros = intervalMs * 1000;
  const profiler = new TimeProfiler({
    intervalMicros,
    durationMillis: maxSegmentMs,
    withContexts: true,
    collectCpuTime: true,
    collectAsyncId: false,
    lineNumbers: false,
    // The workaround sleeps for one or two intervals at each rotation; we restart when V8 really got stuck instead.
    workaroundV8Bug: false,
    useCPED,
    CPEDKey: useCPED ? storage : undefined,
    isMainThread,
  });
  const clock = threadClock();
  profiler.start();
  let clockNs = clock();
  /** CPU time of the thread since it was asked last. */
  const cpuSinceNs = (): number => {
    const beforeNs = clockNs;
    clockNs = clock();
    return clockNs - beforeNs;
  };
  const { carrier, end } = useCPED ? frameCarrier(storage, profiler) : hookCarrier(storage, profiler);
  /** Since the last rotation. */
  const sampleCount = (): number => profiler.state[constants.kSampleCount] ?? 0;
  let restarts = 0;
  return {
    carrier,
    tracking: useCPED ? 'async-context-frame' : 'async-hooks',
    rotate() {
      const taken = sampleCount();
      const threadCpuNs = cpuSinceNs();
      const profile = profiler.stop(true);
      // https://github.com/DataDog/pprof-nodejs/blob/main/ts/src/time-profiler.ts, handleStopRestart
      const isLong = profile.endTime - profile.startTime > Math.max(LEAST_MICROS, 2 * intervalMicros);
      if (isLong && profiler.v8ProfilerStuckEventLoopDetected() > 0) {
        profiler.stop(false);
        profiler.start();
        restarts++;
      }
      return flattenProfile(profile, epochMicros(), taken, threadCpuNs);
    },
    stop() {
      end();
      const taken = sampleCount();
      const threadCpuNs = cpuSinceNs();
      const segment = flattenProfile(profiler.stop(false), epochMicros(), taken, threadCpuNs);
      profiler.dispose();
      return segment;
    },
    restarts: () => restarts,
  };
}

/** One function for all runs: no closure per call. */
function apply<Result>(body: (...args: never[]) => Result, self: unknown, args: ArrayLike<unknown>): Result {
  return Reflect.apply(body, self, args);
}

/** Contexts without a sampler, for the names of routes. */
export function storageCarrier(): ContextCarrier {
  const storage = new AsyncLocalStorage<object>();
  return {
    createHolder: (context) => context,
    run: (holder, body, self, args) => storage.run(holder, apply, body, self, args),
    enter: () => false,
    current: () => storage.getStore(),
    contextOf: (holder) => holder as SampledContext,
  };
}

/** Node.js with AsyncContextFrame: V8 itself carries the storage's map, and the sampler reads it at each sample. */
function frameCarrier(storage: AsyncLocalStorage<object>, profiler: TimeProfiler): Tracking {
  const carrier: ContextCarrier = {
    createHolder: (context) => profiler.createContextHolder(context),
    run: (holder, body, self, args) => storage.run(holder, apply, body, self, args),
    // Each change of the storage makes a map, and `run` needs two.
    enter(holder) {
      storage.enterWith(holder);
      return true;
    },
    current: () => storage.getStore(),
    // The native holder keeps its context at index 0.
    contextOf: (holder) => (holder as { 0?: SampledContext })[0],
  };
  return { carrier, end: () => {} };
}

/** Older Node.js: a hook copies the storage's current value to the sampler whenever a callback begins. */
function hookCarrier(storage: AsyncLocalStorage<object>, profiler: TimeProfiler): Tracking {
  let sampled: object | undefined;
  let target: Pick<TimeProfiler, 'context'> = profiler;
  const sample = (context: object | undefined): void => {
    if (context === sampled) return;
    sampled = context;
    target.context = context;
  };
  const hook = createHook({
    before() {
      sample(storage.getStore());
    },
  }).enable();
  const carrier: ContextCarrier = {
    createHolder: (context) => context,
    run(holder, body, self, args) {
      const outer = sampled;
      sample(holder);
      try {
        return storage.run(holder, apply, body, self, args);
      } finally {
        sample(outer);
      }
    },
    enter: () => false,
    current: () => storage.getStore(),
    contextOf: (holder) => holder as SampledContext,
  };
  return {
    carrier,
    end() {
      hook.disable();
      storage.disable();
      target = { context: undefined };
    },
  };
}
