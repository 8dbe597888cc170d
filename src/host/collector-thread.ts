/**
 * The host's end of the collector thread: starts it, hands it segments, waits for it once, at exit. The thread never keeps the process
 * alive, inherits none of the host's options, and its death costs the profile, not the server.
 */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ApiRequest, ApiResponse } from '../api/types.ts';
import { awaitLastWords, makeLastWords } from '../collector/last-words.ts';
import type { CollectorData, FromCollector, HostFacts, ToCollector } from '../collector/protocol.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Options } from '../config/options.ts';
import type { CollectorLink } from './own-pages.ts';
import { permissionFlags } from './permission-flags.ts';

/** The collector may use this much heap; past it the thread ends, not the server. */
const MAX_HEAP_MB = 512;
/** Small: the thread is in no hurry, and the host pays for the memory. */
const YOUNG_HEAP_MB = 3;
/** At exit the host waits this long for a capture to let go of it. */
const DETACH_PATIENCE_MS = 500;

export type CollectorEvents = {
  readonly [Type in Exclude<FromCollector['type'], 'http'>]: (message: Extract<FromCollector, { type: Type }>) => void;
} & { readonly died: (reason: string) => void };

export class CollectorThread implements CollectorLink {
  readonly #worker: Worker;
  readonly #lastWords = makeLastWords();
  readonly #inspecting = new SharedArrayBuffer(4);
  readonly #waiting = new Map<number, (response: ApiResponse) => void>();
  #lastId = 0;
  #alive = true;

  constructor(options: Options, host: HostFacts, events: CollectorEvents) {
    const workerData: CollectorData = { options, host, lastWords: this.#lastWords, inspecting: this.#inspecting };
    this.#worker = new Worker(join(host.ownDirectory, 'collector.cjs'), {
      workerData,
      name: 'profiler-collector',
      // Without these the thread would inherit --import profiler/register and the host's own preloads.
      execArgv: permissionFlags(process.execArgv, readEnvironment()['NODE_OPTIONS'] ?? ''),
      env: {},
      stdin: false,
      // Read by nobody: else what the thread printed would go to the host's own streams, and open them.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    this.#worker.on('message', (message: FromCollector) => this.#receive(message, events));
    this.#worker.on('error', (error) => this.#die(events, String(error)));
    this.#worker.on('exit', (code) => this.#die(events, `the collector thread ended with code ${code}`));
    // After the listeners: one for messages would keep the process alive again.
    this.#worker.unref();
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  post(message: ToCollector, transfer: ArrayBuffer[] = []): void {
    if (this.#alive) this.#worker.postMessage(message, transfer);
  }

  ask(request: ApiRequest, answer: (response: ApiResponse) => void): { abort(): void } {
    if (!this.#alive) {
      answer(DEAD_COLLECTOR);
      return { abort: () => {} };
    }
    const id = ++this.#lastId;
    this.#waiting.set(id, answer);
    this.post({ type: 'http', id, request });
    return {
      abort: () => {
        if (this.#waiting.delete(id)) this.post({ type: 'http-abort', id });
      },
    };
  }

  /** Waits, at exit, until the collector has taken in and written everything. @returns what could not be written, '' where all was, undefined where it has not come to it. */
  flush(patienceMs: number): string | undefined {
    if (!this.#alive) return undefined;
    this.post({ type: 'flush' });
    return awaitLastWords(this.#lastWords, patienceMs);
  }

  /** Ends a capture, at exit: Node.js would wait for its inspector session, and say so on stderr. */
  detach(): void {
    const inspecting = new Int32Array(this.#inspecting);
    if (!this.#alive || Atomics.load(inspecting, 0) === 0) return;
    this.post({ type: 'detach' });
    Atomics.wait(inspecting, 0, 1, DETACH_PATIENCE_MS);
  }

  #receive(message: FromCollector, events: CollectorEvents): void {
    if (message.type === 'http') {
      const answer = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      answer?.(message.response);
      return;
    }
    const handle = events[message.type] as (message: FromCollector) => void;
    handle(message);
  }

  #die(events: CollectorEvents, reason: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const answer of this.#waiting.values()) answer(DEAD_COLLECTOR);
    this.#waiting.clear();
    events.died(reason);
  }
}

const DEAD_COLLECTOR: ApiResponse = {
  status: 503,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: '{"code":"PROFILER_E_COLLECTOR","error":"the collector thread has ended; restart the server to profile again"}\n',
};
