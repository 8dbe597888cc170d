/**
 * Pushes what was recorded to a backend: batches of some seconds, compressed, in order, again until they are taken. A backend that is slow or
 * gone costs a bounded queue and nothing else. Runs on the collector's thread.
 */

import { gzipSync } from 'node:zlib';
import type { PushStatus } from '../api/types.ts';
import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import { printable } from '../profile/printable.ts';
import type { Slice } from '../store/contract.ts';
import type { PushFormat, PushSource } from './contract.ts';
import type { PushQueue } from './queue.ts';
import { type Answer, send } from './send.ts';

export interface PusherOptions {
  readonly target: URL;
  readonly format: PushFormat;
  readonly headers: Readonly<Record<string, string>>;
  readonly source: PushSource;
  readonly queue: PushQueue;
  readonly timing?: Partial<PushTiming>;
}

export interface PushTiming {
  /** Of recorded time that is pushed at once. */
  readonly batchMs: number;
  readonly timeoutMs: number;
  /** The wait after the first failure, doubled by each further one, up to the longest; a random part of it is waited. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

const TIMING: PushTiming = { batchMs: 12_000, timeoutMs: 15_000, firstRetryMs: 1000, longestRetryMs: 300_000 };
/** Nodes of one batch: a run has at most as many (store/memory-store.ts). */
const MAX_NODES = 300_000;
const MAX_ERROR_CHARS = 200;
/** These may pass: timeouts, too many requests, and whatever goes wrong at the server's. */
const PASSING = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

export class Pusher {
  readonly #options: PusherOptions;
  readonly #timing: PushTiming;
  #batch: { readonly builder: CallTreeBuilder; readonly from: number; to: number; intervalMs: number } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isSending = false;
  #isClosed = false;
  #failuresInRow = 0;
  #sent = { batches: 0, bytes: 0, at: null as number | null };
  #rejected = 0;
  #failures = 0;
  #lastError: string | null = null;

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    // What a former process left.
    this.#schedule(0);
  }

  /** Takes a recorded slice. Never throws for what the backend or the disk does. */
  add({ tree, from, to }: Slice): void {
    if (this.#isClosed) return;
    this.#batch ??= { builder: new CallTreeBuilder({ maxNodes: MAX_NODES }), from, to, intervalMs: tree.intervalMs };
    mergeInto(this.#batch.builder, tree);
    this.#batch.to = Math.max(this.#batch.to, to);
    if (this.#batch.to - this.#batch.from < this.#timing.batchMs) return;
    this.#enqueue();
    if (this.#failuresInRow === 0) this.#schedule(0);
  }

  /** The process ends: what has not been sent stays in the queue, for the next one if that is a folder. */
  close(): void {
    this.#enqueue();
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  status(): PushStatus {
    const { queue, format } = this.#options;
    return {
      format: format.format,
      sent: this.#sent.batches,
      sentBytes: this.#sent.bytes,
      lastSentAt: this.#sent.at,
      queued: queue.items,
      queuedBytes: queue.bytes,
      dropped: queue.dropped,
      rejected: this.#rejected,
      failures: this.#failures,
      lastError: this.#lastError,
    };
  }

  #enqueue(): void {
    const batch = this.#batch;
    this.#batch = null;
    // Nothing ran: the tree is its root.
    if (batch === null || batch.builder.nodeCount < 2) return;
    const { run } = this.#options.source;
    const { from, to, intervalMs } = batch;
    const tree = batch.builder.build({ run, window: { from, to }, routes: [], requests: 0, intervalMs });
    try {
      this.#options.queue.add(gzipSync(this.#options.format.encode({ tree, source: this.#options.source })));
    } catch (error) {
      this.#failed(`a batch was lost: ${messageOf(error)}`);
    }
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drain(), delayMs);
    this.#timer.unref();
  }

  async #drain(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#options.queue.first(); next && !this.#isClosed; next = this.#options.queue.first()) {
        const retryMs = await this.#push(next.id, next.body);
        if (retryMs === null) continue;
        this.#schedule(retryMs);
        return;
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** @returns after how long to try again; null where this entry is done with */
  async #push(id: string, body: Uint8Array): Promise<number | null> {
    const { target, headers, format, queue, source } = this.#options;
    const own = {
      'user-agent': `profiler/${source.version}`,
      'content-type': format.contentType,
      'content-encoding': 'gzip',
    };
    let answer: Answer;
    try {
      answer = await send(target, body, { ...own, ...headers }, this.#timing.timeoutMs);
    } catch (error) {
      this.#failed(messageOf(error));
      return this.#backOff(undefined);
    }
    if (answer.status >= 200 && answer.status < 300) {
      queue.remove(id);
      this.#failuresInRow = 0;
      this.#lastError = null;
      this.#sent = { batches: this.#sent.batches + 1, bytes: this.#sent.bytes + body.length, at: Date.now() };
      return null;
    }
    this.#failed(`${answer.status}: ${answer.text}`);
    if (PASSING(answer.status)) return this.#backOff(answer.retryAfterMs);
    // It will never be taken. Nor will the next one, perhaps, but that costs one request each.
    queue.remove(id);
    this.#rejected++;
    return null;
  }

  /** Full jitter, so that many processes do not come back at once; never sooner than the server asks, and never at all too late. */
  #backOff(retryAfterMs: number | undefined): number {
    const { firstRetryMs, longestRetryMs } = this.#timing;
    const most = Math.min(firstRetryMs * 2 ** this.#failuresInRow, longestRetryMs);
    this.#failuresInRow = Math.min(this.#failuresInRow + 1, 30);
    const jittered = firstRetryMs / 2 + Math.random() * most;
    return Math.min(retryAfterMs === undefined ? jittered : retryAfterMs + jittered, longestRetryMs * 2);
  }

  #failed(error: string): void {
    this.#failures++;
    this.#lastError = printable(error).slice(0, MAX_ERROR_CHARS);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || String(error) : String(error);
}
