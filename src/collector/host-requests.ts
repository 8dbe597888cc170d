/** What the collector asks of the host's thread, as promises. None of them rejects: a host that is exiting answers no more. */

import type { FromCollector } from './protocol.ts';

/** A blocked host answers late; the API then answers with what it has. */
const PATIENCE_MS = 3000;

export class HostRequests {
  readonly #post: (message: FromCollector) => void;
  readonly #rotations = new Map<number, () => void>();
  readonly #sourceMaps = new Map<number, (json: string | null | undefined) => void>();
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
