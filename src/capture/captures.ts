/** The captures of this process: one at a time, bounded, cancellable, the last few kept. Whatever way one ends, V8 is as it was before. */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureKind, CaptureResult, CaptureState, CaptureSummary } from '../api/types.ts';
import type { Slice } from '../store/contract.ts';
import { callRecorder } from './call-recorder.ts';
import { heapRecorder } from './heap-recorder.ts';
import { lineRecorder } from './line-recorder.ts';
import { MainThreadSession, NoInspector } from './main-thread-session.ts';
import type { CaptureContext, Recorder } from './recorder.ts';

export const MAX_CAPTURE_SECONDS = 300;
export const DEFAULT_CAPTURE_SECONDS = 10;
const MAX_KEPT = 10;

/** A capture cannot be started: the message says why, for whoever asked. */
export class CaptureRefused extends Error {
  readonly status: 409 | 501;

  constructor(status: 409 | 501, message: string) {
    super(message);
    this.status = status;
  }
}

export interface CapturesHost extends CaptureContext {
  /** Prepares the host's thread. @returns why a capture of this kind would disturb it, null where it would not. */
  begin(kind: CaptureKind): Promise<string | null>;
  /** Undoes `begin`, if `asyncCalls` has not. */
  end(): Promise<void>;
  /** Records a profile of its own until the promise settles; see Backend.record. */
  recordUntil(ended: Promise<unknown>): Promise<Slice>;
}

interface Capture {
  readonly id: string;
  readonly kind: CaptureKind;
  readonly startedAt: number;
  readonly seconds: number;
  readonly abort: AbortController;
  state: CaptureState;
  reason?: string;
  result?: CaptureResult;
  /** The profile of the same time, of captures of calls. */
  slice?: Slice;
  /** Resolves when it has ended, in whatever way. */
  ended: Promise<void>;
}

export interface EndedCapture {
  readonly summary: CaptureSummary;
  readonly result?: CaptureResult;
  readonly slice?: Slice;
}

export class Captures {
  readonly #host: CapturesHost;
  readonly #connected: Int32Array;
  #captures: Capture[] = [];
  #starting = false;

  /** @param connected see MainThreadSession. */
  constructor(host: CapturesHost, connected: Int32Array) {
    this.#host = host;
    this.#connected = connected;
  }

  /** The newest first. */
  list(): CaptureSummary[] {
    return this.#captures.map(summaryOf).reverse();
  }

  get running(): CaptureSummary | null {
    const capture = this.#running();
    return capture ? summaryOf(capture) : null;
  }

  find(id: string): EndedCapture | null {
    const capture = this.#captures.find((candidate) => candidate.id === id);
    if (!capture) return null;
    const { result, slice } = capture;
    return { summary: summaryOf(capture), ...(result && { result }), ...(slice && { slice }) };
  }

  /** Resolves when V8 records. @throws CaptureRefused */
  async start(kind: CaptureKind, seconds: number): Promise<CaptureSummary> {
    if (this.#starting || this.#running())
      throw new CaptureRefused(409, 'a capture is running already: wait for its end or cancel it');
    this.#starting = true;
    let session: MainThreadSession | undefined;
    try {
      session = MainThreadSession.connect(this.#connected);
      if (kind === 'heap') await refuseForeignHeapProfiler(session);
      const obstacle = await this.#host.begin(kind);
      if (obstacle !== null) throw new CaptureRefused(409, obstacle);
      const recorder = recorderOf(kind, seconds);
      await recorder.start(session);
      return summaryOf(this.#run(session, recorder, kind, seconds));
    } catch (error) {
      session?.disconnect();
      await this.#host.end();
      if (error instanceof NoInspector) throw new CaptureRefused(501, error.message);
      throw error;
    } finally {
      this.#starting = false;
    }
  }

  /** @returns false where no such capture runs. Resolves when everything is switched off. */
  async cancel(id: string, reason: string): Promise<boolean> {
    const capture = this.#captures.find((candidate) => candidate.id === id);
    if (!capture || !isRunning(capture)) return false;
    capture.reason = reason;
    capture.abort.abort();
    await capture.ended;
    return true;
  }

  /** Resolves when no capture runs any more. */
  async cancelAll(reason: string): Promise<void> {
    const capture = this.#running();
    if (capture) await this.cancel(capture.id, reason);
  }

  /** Resolves when a capture has ended. */
  async ended(id: string): Promise<void> {
    await this.#captures.find((candidate) => candidate.id === id)?.ended;
  }

  #running(): Capture | undefined {
    return this.#captures.find(isRunning);
  }

  #run(session: MainThreadSession, recorder: Recorder, kind: CaptureKind, seconds: number): Capture {
    const capture: Capture = {
      id: randomBytes(6).toString('hex'),
      kind,
      startedAt: Date.now(),
      seconds,
      abort: new AbortController(),
      state: 'running',
      ended: Promise.resolve(),
    };
    this.#captures = [...this.#captures, capture].slice(-MAX_KEPT);
    capture.ended = this.#finish(capture, session, recorder);
    return capture;
  }

  async #finish(capture: Capture, session: MainThreadSession, recorder: Recorder): Promise<void> {
    const { signal } = capture.abort;
    const aborted = new Promise<never>((_, fail) => {
      signal.addEventListener('abort', () => fail(new Error('cancelled')), { once: true });
    });
    aborted.catch(() => {});
    const recordingTime = waitFor(capture.seconds * 1000, signal, recorder.half && (() => recorder.half?.(session)));
    const slice = capture.kind === 'calls' ? this.#host.recordUntil(recordingTime) : undefined;
    slice?.catch(() => {});
    try {
      await recordingTime;
      capture.state = 'finishing';
      // What V8 is asked for now may take long, and whoever cancels does not wait for it.
      const result = await Promise.race([recorder.finish(session, this.#host), aborted]);
      const recorded = await slice;
      if (recorded) capture.slice = recorded;
      capture.result = result;
      capture.state = 'done';
    } catch (error) {
      capture.state = signal.aborted ? 'cancelled' : 'failed';
      capture.reason ??= error instanceof Error ? error.message : String(error);
    } finally {
      session.disconnect();
      await this.#host.end();
    }
  }
}

function recorderOf(kind: CaptureKind, seconds: number): Recorder {
  switch (kind) {
    case 'calls':
      return callRecorder();
    case 'lines':
      return lineRecorder();
    case 'heap':
      return heapRecorder(seconds);
  }
}

/** V8 has one sampling heap profiler, and whoever stops it stops it for all. */
async function refuseForeignHeapProfiler(session: MainThreadSession): Promise<void> {
  const isRunning = await session.post('HeapProfiler.getSamplingProfile').then(
    () => true,
    () => false,
  );
  if (isRunning)
    throw new CaptureRefused(
      409,
      'the heap is sampled already, by the option heap or by the program itself, and V8 can do so only once at a time',
    );
}

async function waitFor(
  ms: number,
  signal: AbortSignal,
  half: (() => Promise<void> | undefined) | undefined,
): Promise<void> {
  if (half) {
    await sleep(ms / 2, undefined, { signal });
    await half();
  }
  await sleep(half ? ms / 2 : ms, undefined, { signal });
}

function isRunning({ state }: Capture): boolean {
  return state === 'running' || state === 'finishing';
}

function summaryOf({ id, kind, state, startedAt, seconds, reason }: Capture): CaptureSummary {
  const progress = state === 'running' ? Math.min(1, (Date.now() - startedAt) / (seconds * 1000)) : 1;
  return { id, kind, state, startedAt, seconds, progress, ...(reason === undefined ? {} : { reason }) };
}
