/** The collector thread's one object: takes segments, keeps the store, answers the API, writes the log files. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Assets, readAssets } from '../api/assets.ts';
import type { Backend, RefreshUntil } from '../api/endpoints/contract.ts';
import { handleApiRequest } from '../api/handle.ts';
import type { ApiRequest, ApiResponse, MemoryAnswer, StatusAnswer } from '../api/types.ts';
import { Captures } from '../capture/captures.ts';
import type { Options } from '../config/options.ts';
import type { RequestTimeline } from '../profile/kept-request.ts';
import type { Pusher } from '../push/pusher.ts';
import { startPusher } from '../push/start-pusher.ts';
import type { RunSummary, Selection, Slice, Store } from '../store/contract.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { HostRequests } from './host-requests.ts';
import { Intake } from './intake.ts';
import { JoinedSlices } from './joined-slices.ts';
import { sayLastWords } from './last-words.ts';
import { LogFiles } from './log-files.ts';
import { memoryAnswer } from './memory-answer.ts';
import { openRunStore } from './open-run-store.ts';
import { Problems } from './problems.ts';
import type { CollectorData, FromCollector, HostStatus, ToCollector } from './protocol.ts';
import { Refresher } from './refresher.ts';
import { RotationStats } from './rotation-stats.ts';
import { SourceMaps } from './source-maps.ts';
import { type SourceText, SourceTexts } from './source-texts.ts';
import { statusAnswer } from './status.ts';
import { Symbolizer } from './symbolizer.ts';

type SegmentMessage = Extract<ToCollector, { type: 'segment' }>;

export class Collector implements Backend {
  readonly options: Options;
  readonly run: string;
  readonly captures: Captures;
  readonly #data: CollectorData;
  readonly #post: (message: FromCollector) => void;
  readonly #host: HostRequests;
  readonly #store: Store;
  /** What `record` gathers at the moment. */
  readonly #recordings = new Set<MemoryStore>();
  readonly #symbolizer: Symbolizer;
  readonly #sources: SourceTexts;
  readonly #intake: Intake;
  readonly #files: LogFiles;
  readonly #pusher: Pusher | null;
  readonly #rotations = new RotationStats();
  #assets: Assets | undefined;
  readonly #aborts = new Map<number, AbortController>();
  #hostStatus: HostStatus | undefined;
  /** Segments are taken one after the other, in the order they came. */
  #queue: Promise<void> = Promise.resolve();
  readonly #slices = new JoinedSlices((slice) => this.#append(slice));
  readonly #refresher = new Refresher(() => this.#host.rotate());
  readonly #problems: Problems;

  constructor(data: CollectorData, post: (message: FromCollector) => void) {
    this.#data = data;
    this.options = data.options;
    this.#post = post;
    this.#host = new HostRequests(post);
    this.#problems = new Problems((text) => post({ type: 'log', text }));
    this.#store = openRunStore(data, (text) => this.#problems.say(text));
    this.run = this.#store.run;
    const maps = new SourceMaps((file) => this.#host.sourceMap(file));
    this.#symbolizer = new Symbolizer(data.host.ownDirectory, maps);
    this.#sources = new SourceTexts(data.host, maps);
    this.#intake = new Intake({
      run: this.run,
      pid: data.host.pid,
      thread: data.host.thread,
      intervalMs: data.options.intervalMs,
      symbolizer: this.#symbolizer,
    });
    this.#startStore();
    this.captures = new Captures(
      {
        symbolize: (functions) => this.#symbolizer.symbolize(functions),
        originalLine: (file, line) => this.#symbolizer.originalLine(file, line),
        begin: (kind) => this.#host.beginCapture(kind),
        asyncCalls: () => this.#host.endCapture(),
        end: async () => {
          await this.#host.endCapture();
        },
        recordUntil: (ended) => this.#recordUntil(ended),
      },
      new Int32Array(data.inspecting),
    );
    this.#files = new LogFiles(data.options, (problem) => this.#problems.say(problem));
    this.#pusher = startPusher(data.options, { ...data.host, run: this.run }, this.#store.pushFolder, (problem) =>
      this.reportProblem(problem),
    );
  }

  receive(message: ToCollector): void {
    switch (message.type) {
      case 'segment':
        this.#hostStatus = message.status;
        this.#rotations.add(message.status.lastRotationMs);
        void this.#enqueue(() => this.#take(message));
        return;
      case 'http':
        void this.#answer(message.id, message.request);
        return;
      case 'http-abort':
        this.#aborts.get(message.id)?.abort();
        return;
      case 'source-map':
        this.#host.resolveSourceMap(message.id, message.json);
        return;
      case 'capture-begun':
        this.#host.resolveCaptureBegun(message.id, message.obstacle);
        return;
      case 'capture-ended':
        this.#host.resolveCaptureEnded(message.id, message.asyncCalls);
        return;
      case 'heap':
        this.#host.resolveHeap(message.id, message.heap);
        return;
      case 'detach':
        this.#host.close();
        void this.captures.cancelAll('the program has ended');
        return;
      case 'flush':
        // The host waits for us: what the last segments still ask of it stays without an answer.
        this.#host.close();
        void this.#enqueue(() => this.#finish());
        return;
    }
  }

  /** Read when somebody first looks, and kept: the thread of a server that nobody looks at has no need of them. */
  get assets(): Assets {
    this.#assets ??= readAssets(join(this.#data.host.ownDirectory, 'ui'));
    return this.#assets;
  }

  async refresh({ run = this.run, process }: Selection = {}, until: RefreshUntil = 'lately'): Promise<void> {
    if (run !== this.run) return;
    const isOwn = process === this.#data.host.pid;
    const refreshed = this.#refresher.refresh(until) ?? this.#enqueue(async () => this.#slices.deliver());
    await Promise.all([refreshed, isOwn ? undefined : this.#store.gather()]);
  }

  requests(selection: Selection): Promise<readonly RequestTimeline[]> {
    return this.#store.requests(selection);
  }

  async memory(): Promise<MemoryAnswer | null> {
    const heap = await this.#host.heap();
    return heap && memoryAnswer(heap, await this.#symbolizer.symbolize(heap.functions));
  }

  query(selection?: Selection): Promise<Slice> {
    return this.#store.query(selection);
  }

  slices(selection: Selection, most: number): Promise<Slice[]> {
    return this.#store.slices(selection, most);
  }

  runs(): readonly RunSummary[] {
    return this.#store.runs();
  }

  findRun(id?: string): RunSummary | undefined {
    return this.#store.findRun(id);
  }

  status(): StatusAnswer {
    return statusAnswer({
      data: this.#data,
      host: this.#hostStatus,
      intake: this.#intake,
      rotations: this.#rotations,
      store: this.#store,
      functions: this.#symbolizer.size,
      capture: this.captures.running,
      push: this.#pusher?.status() ?? null,
      problems: [
        ...(this.#hostStatus?.problems ?? []),
        ...this.#problems.reported,
        ...this.#store.problems,
        ...this.#files.problems,
      ],
    });
  }

  source(file: string, run: RunSummary): Promise<SourceText> {
    return this.#sources.read(file, run);
  }

  async clear(): Promise<void> {
    await this.#host.rotate();
    this.#forget();
    await this.#store.clear();
    await this.#files.write(() => this.#store.query(), true);
  }

  async setRecording(on: boolean): Promise<void> {
    if (!on) await this.captures.cancelAll('recording was switched off');
    await this.#host.setRecording(on);
  }

  record(ms: number, signal: AbortSignal): Promise<Slice> {
    return this.#recordUntil(sleep(ms, undefined, { signal }));
  }

  async #recordUntil(ended: Promise<unknown>): Promise<Slice> {
    // Whoever asked may go away before anybody waits for it, and a rejection that nobody handles ends the thread.
    ended.catch(() => undefined);
    await this.#host.rotate();
    // Not a query of the store: that knows windows only as exactly as its slices, which it merges as they get older.
    const recording = new MemoryStore(this.run, this.options.intervalMs, Date.now());
    this.#recordings.add(recording);
    try {
      await ended;
      await this.#host.rotate();
    } finally {
      this.#recordings.delete(recording);
    }
    return recording.query();
  }

  /** Answers a request that came to `listen`'s own server; the host's thread never sees it. */
  handle(request: ApiRequest, signal: AbortSignal): Promise<ApiResponse> {
    return handleApiRequest(request, this, signal);
  }

  #startStore(): void {
    this.#store.start({
      slow: this.#intake.kept,
      look: () => this.#host.rotate(),
      clear: async () => {
        await this.#host.rotate();
        this.#forget();
      },
    });
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue
      .then(task)
      .catch((error: unknown) => this.reportProblem(`a segment was lost: ${String(error)}`));
    return this.#queue;
  }

  #append(slice: Slice): void {
    for (const store of [this.#store, ...this.#recordings]) store.append(slice);
    this.#pusher?.add(slice);
  }

  async #finish(): Promise<void> {
    this.#problems.end();
    try {
      this.#slices.deliver();
      this.#pusher?.close();
      await this.#files.finish(() => this.#store.query()).finally(() => this.#store.end(this.options.flushAtShutdown));
    } finally {
      sayLastWords(this.#data.lastWords, this.#problems.lastWords);
    }
  }

  #forget(): void {
    this.#intake.clear();
    this.#slices.clear();
  }

  async #take({ segment, requests, traces, reply }: SegmentMessage): Promise<void> {
    try {
      const slice = await this.#intake.take(segment, requests, traces);
      // When it was recorded: on a busy machine a segment waits for the thread.
      this.#refresher.rotated(slice.to);
      if (this.#slices.add(slice, reply !== 0)) await this.#files.write(() => this.#store.query(), false);
    } finally {
      this.#host.resolveRotation(reply);
    }
  }

  async #answer(id: number, request: ApiRequest): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    const response = await handleApiRequest(request, this, abort.signal);
    this.#aborts.delete(id);
    this.#post({ type: 'http', id, response });
  }

  /** Says it once on stderr, and in `status` from now on. */
  reportProblem(problem: string): void {
    this.#problems.report(problem);
  }

  withdrawProblem(problem: string): void {
    this.#problems.withdraw(problem);
  }
}
