/** Decides when the sampler rotates: regularly, and early when many requests have ended. Its timer never keeps the process alive. */

/** What a rotation costs grows with its samples, so a long pause would be one long stall; 250 samples take about a millisecond. */
const PERIOD_MS = 2500;
/** How often the count of ended requests is looked at. */
const CHECK_MS = 500;

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
      if (performance.now() - this.#rotatedAt >= PERIOD_MS || this.#isFull()) this.#rotate();
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
