/** Decides when the sampler rotates: regularly, and early when many requests have ended. Its timer never keeps the process alive. */

import { monotonicMs } from '../clock.ts';
import { every } from './every.ts';

/** What a rotation costs grows with its samples, so a long pause would be one long stall (docs/adr/0009). */
const PERIOD_MS = 1000;
/** How often the count of ended requests is looked at. */
const CHECK_MS = 500;
/** Timers are late, and a rotation takes some time itself: that must not make a period longer by a whole look. */
const LATE_MS: number = CHECK_MS / 2;

export interface Time {
  nowMs(): number;
  /** @returns what stops it. */
  every(periodMs: number, body: () => void): () => void;
}

export class RotationTimer {
  readonly #isFull: () => boolean;
  readonly #rotate: () => void;
  readonly #time: Time;
  #rotatedAt: number;
  #stop: (() => void) | undefined;

  constructor(isFull: () => boolean, rotate: () => void, time: Time = { nowMs: monotonicMs, every }) {
    this.#isFull = isFull;
    this.#rotate = rotate;
    this.#time = time;
    this.#rotatedAt = time.nowMs();
  }

  start(): void {
    this.#stop ??= this.#time.every(CHECK_MS, () => {
      const isDue = this.#time.nowMs() - this.#rotatedAt >= PERIOD_MS - LATE_MS;
      if (isDue || this.#isFull()) this.#rotate();
    });
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** A rotation happened, for whatever reason. */
  rotated(): void {
    this.#rotatedAt = this.#time.nowMs();
  }
}
