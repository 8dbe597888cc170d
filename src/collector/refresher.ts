/** When an answer takes a rotation of its own: at most one at a time, and as far apart as the host should be asked for them. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { RefreshUntil } from '../api/endpoints/contract.ts';

/** Between rotations for answers; those that may lack as much need none. */
const FRESH_MS = 200;

export class Refresher {
  readonly #rotate: () => Promise<void>;
  #refreshedAt = 0;
  #running: Promise<void> | undefined;
  /** The one that whoever asks now waits for; it has not begun. */
  #next: Promise<void> | undefined;

  /** @param rotate resolves when what was recorded until then has been taken in, and never rejects. */
  constructor(rotate: () => Promise<void>) {
    this.#rotate = rotate;
  }

  /** Whatever asked for it, a rotation has taken what was recorded until then. */
  rotated(atMs: number): void {
    this.#refreshedAt = atMs;
  }

  /** @returns undefined where the last rotation will do. */
  refresh(until: RefreshUntil): Promise<void> | undefined {
    if (until === 'lately' && this.#restMs() > 0) return undefined;
    if (until === 'now') this.#next ??= this.#later();
    return this.#next ?? this.#once();
  }

  async #later(): Promise<void> {
    // It may have been taken before somebody asked.
    await this.#running;
    await sleep(this.#restMs());
    this.#next = undefined;
    return this.#once();
  }

  #once(): Promise<void> {
    this.#running ??= this.#rotate().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** How long the last rotation will do. The clock may have been set back. */
  #restMs(): number {
    return Math.min(Math.max(0, this.#refreshedAt + FRESH_MS - Date.now()), FRESH_MS);
  }
}
