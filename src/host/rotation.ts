/** Decides when the sampler rotates: regularly, and early when many requests have ended. Its timer never keeps the process alive. */

/** What a rotation costs grows with its samples, so a long pause would be one long stall (docs/adr/0009). */
const PERIOD_MS = 1000;
/** How often the count of ended requests is looked at. */
const CHECK_MS = 500;
/** Timers are late, and a rotation takes some time itself: that must not make a period longer by a whole look. */
const LATE_MS: number = CHECK_MS / 2;

export class RotationTimer {
  readonly #isFull: () => boolean;
  readonly #rotate: () => void;
  #rotatedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(isFull: () => boolean, rotate: () => void) {
    this.#isFull = isFull;
    this.#rotate = rotate;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      const isDue = performance.now() - this.#rotatedAt >= PERIOD_MS - LATE_MS;
      if (isDue || this.#isFull()) this.#rotate();
    }, CHECK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A rotation happened, for whatever reason. */
  rotated(): void {
    this.#rotatedAt = performance.now();
  }
}
