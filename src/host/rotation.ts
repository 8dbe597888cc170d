/** Decides when the sampler rotates: regularly, and early when many requests have ended. Its timer never keeps the process alive. */

/** With nobody looking; the collector asks for shorter periods while someone is. */
const DEFAULT_PERIOD_MS = 10_000;
/** How often the count of ended requests is looked at. */
const CHECK_MS = 500;

export class RotationTimer {
  readonly #isFull: () => boolean;
  readonly #rotate: () => void;
  #periodMs = DEFAULT_PERIOD_MS;
  #rotatedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(isFull: () => boolean, rotate: () => void) {
    this.#isFull = isFull;
    this.#rotate = rotate;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      if (performance.now() - this.#rotatedAt >= this.#periodMs || this.#isFull()) this.#rotate();
    }, CHECK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  setPeriod(periodMs: number): void {
    this.#periodMs = periodMs;
  }

  /** A rotation happened, for whatever reason. */
  rotated(): void {
    this.#rotatedAt = performance.now();
  }
}
