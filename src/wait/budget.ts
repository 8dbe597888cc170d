/** Decides which requests are traced, so that tracing costs no more than its share of the thread's time. */

/** Share of the thread's time that tracing may take. */
const TARGET_SHARE = 0.01;
/** A server that is too busy for more traces one request in so many. */
const LEAST_SHARE = 1 / 2000;
/** How fast the share grows again: a burst must not meet a share that fits the lull before it. */
const GROWTH = 2;

export class TraceBudget {
  readonly #isLimited: boolean;
  #share: number;
  #spentMicros = 0;
  #sinceMicros: number;

  /** @param isLimited false: every request is traced. */
  constructor(isLimited: boolean, nowMicros: number) {
    this.#isLimited = isLimited;
    this.#share = isLimited ? 0.1 : 1;
    this.#sinceMicros = nowMicros;
  }

  /** Share of requests that are traced. */
  get share(): number {
    return this.#share;
  }

  /** The same chance for every request, whatever its route. */
  admits(): boolean {
    return this.#share >= 1 || Math.random() < this.#share;
  }

  spend(micros: number): void {
    this.#spentMicros += micros;
  }

  /** Looks at what was spent since the last time. @returns it in microseconds. */
  adjust(nowMicros: number): number {
    const spentMicros = this.#spentMicros;
    const cost = spentMicros / Math.max(1, nowMicros - this.#sinceMicros);
    if (this.#isLimited) {
      const wanted = cost > 0 ? (this.#share * TARGET_SHARE) / cost : 1;
      this.#share = Math.min(1, Math.max(LEAST_SHARE, Math.min(wanted, GROWTH * this.#share)));
    }
    this.#spentMicros = 0;
    this.#sinceMicros = nowMicros;
    return spentMicros;
  }
}
