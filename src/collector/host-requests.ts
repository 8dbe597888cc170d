/** What the collector asks of the host's thread, as promises. None of them rejects: a host that is exiting answers no more. */

import type { CaptureKind } from '../api/types.ts';
import type { AsyncCalls } from '../capture/async-calls.ts';
import type { HeapSegment } from '../sample/heap-segment.ts';
import type { FromCollector } from './protocol.ts';

/** A blocked host answers late; the API then answers with what it has. */
const PATIENCE_MS = 3000;

export class HostRequests {
  readonly #post: (message: FromCollector) => void;
  readonly #rotations = new Map<number, () => void>();
  readonly #sourceMaps = new Map<number, (json: string | null | undefined) => void>();
  readonly #begun = new Map<number, (obstacle: string | null) => void>();
  readonly #ended = new Map<number, (asyncCalls: AsyncCalls | null) => void>();
  readonly #heaps = new Map<number, (heap: HeapSegment | null) => void>();
  #lastId = 0;
  #closed = false;

  constructor(post: (message: FromCollector) => void) {
    this.#post = post;
  }

  /** Resolves when the segment of a new rotation has been taken in. */
  rotate(): Promise<void> {
    return this.#ask(this.#rotations, undefined, (id) => ({ type: 'rotate', id }));
  }

  /** Resolves when the host has switched and its last segment has been taken in. */
  setRecording(on: boolean): Promise<void> {
    return this.#ask(this.#rotations, undefined, (id) => ({ type: 'recording', on, id }));
  }

  /** @returns undefined where the host did not answer. */
  sourceMap(file: string): Promise<string | null | undefined> {
    return this.#ask<string | null | undefined>(this.#sourceMaps, undefined, (id) => ({
      type: 'source-map',
      id,
      file,
    }));
  }

  /** Resolves when the host is ready for a capture, or with why it would be disturbed. */
  beginCapture(kind: CaptureKind): Promise<string | null> {
    return this.#ask<string | null>(this.#begun, 'the program is too busy to answer', (id) => ({
      type: 'capture-begin',
      id,
      kind,
    }));
  }

  /** Ends what `beginCapture` began. @returns null where nothing was counted. */
  endCapture(): Promise<AsyncCalls | null> {
    return this.#ask<AsyncCalls | null>(this.#ended, null, (id) => ({ type: 'capture-end', id }));
  }

  /** @returns what is in use on the heap; null where that is not sampled. */
  heap(): Promise<HeapSegment | null> {
    return this.#ask<HeapSegment | null>(this.#heaps, null, (id) => ({ type: 'heap', id }));
  }

  resolveHeap(id: number, heap: HeapSegment | null): void {
    this.#heaps.get(id)?.(heap);
  }

  resolveCaptureBegun(id: number, obstacle: string | null): void {
    this.#begun.get(id)?.(obstacle);
  }

  resolveCaptureEnded(id: number, asyncCalls: AsyncCalls | null): void {
    this.#ended.get(id)?.(asyncCalls);
  }

  resolveRotation(id: number): void {
    this.#rotations.get(id)?.();
  }

  resolveSourceMap(id: number, json: string | null): void {
    this.#sourceMaps.get(id)?.(json);
  }

  /** From now on the host waits for us: questions, also those that are open, get their default answer at once. */
  close(): void {
    this.#closed = true;
    for (const settle of [...this.#rotations.values()]) settle();
    for (const settle of [...this.#sourceMaps.values()]) settle(undefined);
    for (const settle of [...this.#begun.values()]) settle('the program ends');
    for (const settle of [...this.#ended.values()]) settle(null);
    for (const settle of [...this.#heaps.values()]) settle(null);
  }

  #ask<Answer>(
    waiting: Map<number, (answer: Answer) => void>,
    otherwise: Answer,
    message: (id: number) => FromCollector,
  ): Promise<Answer> {
    if (this.#closed) return Promise.resolve(otherwise);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => settle(otherwise), PATIENCE_MS);
      waiting.set(id, settle);
      this.#post(message(id));
    });
  }
}
