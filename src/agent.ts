/**
 * Composition root: the only file that knows every stage. Loaded when the process first listens with an HTTP server; until then
 * only preload.ts is there.
 */

import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { findSourceMap } from 'node:module';
import { AccessRules } from './api/access.ts';
import { Gate } from './api/gate.ts';
import { CaptureSite } from './capture/capture-site.ts';
import { monotonicMs } from './clock.ts';
import type { HostStatus } from './collector/protocol.ts';
import type { Options } from './config/options.ts';
import { CollectorThread } from './host/collector-thread.ts';
import { onProcessEnd } from './host/exit.ts';
import { Guard, ROTATION } from './host/guard.ts';
import { hostFacts } from './host/host-facts.ts';
import { keepTickShape } from './host/keep-tick-shape.ts';
import { logLine } from './host/log.ts';
import { HostPages } from './host/own-pages.ts';
import { RotationTimer } from './host/rotation.ts';
import { serverUrl } from './host/server-url.ts';
import { Recording, type Taken } from './recording.ts';
import { ignoreMatcher } from './request/ignore.ts';
import { emptyBatch } from './request/request-batch.ts';
import { RouteTable } from './request/route-table.ts';
import { ServerEmit } from './request/server-emit.ts';
import { ignoredSlot } from './request/slot.ts';
import type { Emit, EmitArgs } from './request/wrap-emit.ts';
import { type CpuSampler, startCpuSampler } from './sample/cpu.ts';
import { startHeapSampler } from './sample/heap.ts';
import { segmentBuffers } from './sample/segment.ts';
import { canCaptureStacks } from './wait/call-stack.ts';
import type { DriverSeam } from './wait/driver.ts';
import { StackTable } from './wait/stack-table.ts';
import { traceBuffers } from './wait/trace-batch.ts';

/** The sampler keeps room for twice this time; rotations come far more often. */
const MAX_SEGMENT_MS = 60_000;

/** What the end of the process waits for, and for how long at most. */
type LastFlush = 'files' | 'store' | 'none';
const PATIENCE_MS: Record<LastFlush, number> = { files: 5000, store: 1000, none: 0 };

export interface AgentInput {
  readonly options: Options;
  /** What is wrong with the configuration, for `status`. */
  readonly problems: readonly string[];
  /** Folder of the built files. */
  readonly ownDirectory: string;
  /** The folder that the process was started in; it may have moved since. */
  readonly startDirectory: string;
  /** The pattern that a framework left on a request, or null. */
  readonly lateRoute: (request: IncomingMessage) => string | null;
  /** The patches of database drivers. */
  readonly driverSeam: DriverSeam;
}

const NOTHING: Taken = { segment: null, requests: emptyBatch(), traces: null };

export class Agent {
  readonly #input: AgentInput;
  readonly #guard: Guard;
  readonly #problems: string[];
  readonly #routes = new RouteTable();
  readonly #stacks = new StackTable();
  readonly #serverEmit: ServerEmit;
  readonly #collector: CollectorThread;
  readonly #rotation: RotationTimer;
  readonly #captureSite: CaptureSite;
  /** By server, the URL of its UI. */
  readonly #announced = new WeakMap<EventEmitter, string>();
  readonly #ignored = ignoredSlot();
  #recording: Recording | undefined;
  #recordings = 0;
  /** Of recordings that were switched off. */
  #samplerRestarts = 0;
  #lastRotationMs = Number.NaN;

  constructor(input: AgentInput) {
    const { options } = input;
    this.#input = input;
    this.#problems = [...input.problems];
    this.#guard = new Guard(
      () => options.debug,
      (problem) => this.#problems.push(problem),
    );
    keepTickShape();
    this.#captureSite = new CaptureSite(this.#guard);
    // First, because it throws where threads are not permitted; and the sampler must not run for nothing.
    this.#collector = new CollectorThread(options, hostFacts(input), {
      ready: ({ listening }) => listening !== null && this.#announce(listening),
      rotate: ({ id }) => this.#rotate(id),
      recording: ({ on, id }) => this.#setRecording(on, id),
      'source-map': ({ id, file }) => this.#sendSourceMap(id, file),
      'capture-begin': ({ id, kind }) => {
        const obstacle = this.#recording ? this.#captureSite.begin(kind) : 'recording is switched off';
        this.#collector.post({ type: 'capture-begun', id, obstacle });
      },
      'capture-end': ({ id }) =>
        this.#collector.post({ type: 'capture-ended', id, asyncCalls: this.#captureSite.end() }),
      heap: ({ id }) =>
        this.#collector.post({
          type: 'heap',
          id,
          heap: this.#guard.run('memory', () => this.#recording?.readHeap()) ?? null,
        }),
      log: ({ text }) => logLine(text),
      died: (reason) => this.#guard.run('profiling', () => this.#giveUp(reason)),
    });
    const gate = new Gate({
      path: options.path,
      token: options.token,
      rules: new AccessRules(options.access, options.token),
    });
    this.#serverEmit = new ServerEmit({
      recorder: () => this.#recording?.recorder,
      pages: new HostPages(gate, this.#collector, this.#guard, (status) => this.#reportClash(status)),
      guard: this.#guard,
    });
    // After the contexts of messages: they hear first of who listens to one, in this recording as in later ones.
    this.#recording = this.#startRecording();
    this.#rotation = new RotationTimer(
      () => this.#recording?.isFull ?? false,
      () => this.#rotate(0),
    );
    // There is nothing in it but the agent's own start. It has V8 compile what rotations run, before there are requests to wait for it.
    this.#guard.run(ROTATION, () => this.#recording?.rotate());
    this.#rotation.start();
    const hasFiles = options.logFilename !== undefined || options.cachegrindFilename !== undefined;
    const keepsRuns = options.dataDir !== 'memory';
    // What has not been pushed by then is kept for the next start.
    const keepsPushes = options.pushUrl !== undefined && keepsRuns;
    const flush: LastFlush = hasFiles ? 'files' : keepsRuns ? 'store' : 'none';
    // A run that a signal ends lacks its last seconds: no reason to watch the host's signals. One that is to be deleted would stay.
    const watchSignals = hasFiles || keepsPushes || (keepsRuns && options.flushAtShutdown);
    onProcessEnd(watchSignals, () => this.#guard.run('the last flush', () => this.#end(flush)));
  }

  /** Emits a server's event, in the context of the request that it begins, if any. */
  emit(original: Emit, server: EventEmitter, ...args: EmitArgs): boolean {
    return this.#serverEmit.emit(original, server, ...args);
  }

  reportRoute(pattern: string, request?: object): void {
    this.#recording?.recorder.report(pattern, request);
  }

  /** A server listens: says where its UI is, again only when it is elsewhere. */
  listening(server: EventEmitter): void {
    const { path, access } = this.#input.options;
    const url = access === 'off' ? null : serverUrl(server, path, access);
    if (url === null || this.#announced.get(server) === url) return;
    this.#announced.set(server, url);
    this.#announce(url);
  }

  #announce(url: string): void {
    if (!this.#input.options.quiet) logLine(url);
  }

  #reportClash(status: number): void {
    const { access, path } = this.#input.options;
    if (access === 'off') return;
    const problem = `the application answers ${path} itself (status ${status}), but whoever may see the profiler gets its page there: set path to another`;
    this.#problems.push(problem);
    logLine(problem);
  }

  #startRecording(): Recording {
    const { options, lateRoute, driverSeam, ownDirectory } = this.#input;
    let sampler: CpuSampler | undefined;
    try {
      sampler = startCpuSampler(options.intervalMs, MAX_SEGMENT_MS);
    } catch (error) {
      this.#guard.fail('sampling', error);
    }
    const heap = options.heap ? this.#guard.run('memory', startHeapSampler) : undefined;
    return new Recording(
      { cpu: sampler, heap },
      this.#routes,
      {
        ignores: ignoreMatcher(options.ignore),
        ignored: this.#ignored,
        lateRoute,
        slow: { slowMicros: options.slowMs * 1000, keepsQuery: options.urlQuery },
        // The process has warmed up when recording is switched on again.
        markFirst: options.discardFirstRequest && this.#recordings++ === 0,
      },
      { driverSeam, guard: this.#guard },
      this.#tracesWaits() ? { isLimited: options.waits === 'auto', ownDirectory, stacks: this.#stacks } : undefined,
    );
  }

  #tracesWaits(): boolean {
    if (this.#input.options.waits === 'off') return false;
    if (canCaptureStacks()) return true;
    const problem = 'waits are not traced: Error is frozen';
    if (!this.#problems.includes(problem)) this.#problems.push(problem);
    return false;
  }

  #rotate(reply: number): void {
    const hasSent = this.#guard.run(ROTATION, () => {
      const recording = this.#recording;
      if (!recording) this.#send(NOTHING, reply);
      else {
        const before = monotonicMs();
        recording.recorder.runOwn(() => this.#send(recording.rotate(), reply));
        this.#lastRotationMs = monotonicMs() - before;
        this.#rotation.rotated();
      }
      return true;
    });
    if (!hasSent) this.#afterFailedRotation(reply);
  }

  /** Whoever waits for it gets an answer, and `status` says why there is nothing new. */
  #afterFailedRotation(reply: number): void {
    if (this.#guard.isOff(ROTATION) && this.#recording) {
      const recording = this.#recording;
      this.#recording = undefined;
      this.#rotation.stop();
      this.#guard.run('recording', () => recording.stop());
    }
    this.#guard.run('status', () => this.#send(NOTHING, reply));
  }

  #send({ segment, requests, traces }: Taken, reply: number): void {
    this.#collector.post({ type: 'segment', segment, requests, traces, status: this.#status(), reply }, [
      ...(segment ? segmentBuffers(segment) : []),
      ...(traces ? traceBuffers(traces) : []),
    ]);
    // Said once; not every segment is a rotation's.
    this.#lastRotationMs = Number.NaN;
  }

  #status(): HostStatus {
    const counts = this.#recording?.recorder.counts();
    return {
      recording: this.#recording !== undefined,
      tracking: this.#recording?.tracking ?? 'none',
      samplerRestarts: this.#samplerRestarts + (this.#recording?.samplerRestarts ?? 0),
      slots: counts?.slots ?? 0,
      retiredSlots: counts?.retiredSlots ?? 0,
      lastRotationMs: this.#lastRotationMs,
      problems: [...this.#problems, ...this.#input.driverSeam.problems],
    };
  }

  #setRecording(on: boolean, reply: number): void {
    this.#guard.run('recording', () => {
      const recording = this.#recording;
      if (on && !recording) this.#recording = this.#startRecording();
      if (!on && recording) {
        this.#recording = undefined;
        const taken = recording.stop();
        this.#samplerRestarts += recording.samplerRestarts;
        this.#send(taken, reply);
      } else this.#rotate(reply);
    });
  }

  #sendSourceMap(id: number, file: string): void {
    const json = this.#guard.run('source maps of loaders', () => {
      const map = findSourceMap(file);
      return map && JSON.stringify(map.payload);
    });
    this.#collector.post({ type: 'source-map', id, json: json ?? null });
  }

  /** Without its collector the profiler has nowhere to put anything. */
  #giveUp(reason: string): void {
    this.#captureSite.end();
    this.#rotation.stop();
    this.#recording?.stop();
    this.#recording = undefined;
    throw new Error(reason);
  }

  #end(flush: LastFlush): void {
    this.#collector.detach();
    this.#rotation.stop();
    const taken = this.#recording?.stop();
    this.#recording = undefined;
    if (flush === 'none' || !this.#collector.isAlive) return;
    if (taken) this.#send(taken, 0);
    const problem = this.#collector.flush(PATIENCE_MS[flush]) ?? 'the log files could not be completed in time';
    if (problem !== '' && flush === 'files') logLine(problem);
  }
}
