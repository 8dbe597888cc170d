/** Decides which requests are traced, so that tracing takes no more than its share of the CPU time. */

import { Explored } from './explored.ts';

/** Share of the process's CPU time that tracing may take. */
const TARGET_SHARE = 0.005;
/** A process that does nearly nothing may trace for so much of its time all the same. */
const IDLE_SHARE = 0.001;
/** A server that is too busy for more traces one request in so many. */
const LEAST_SHARE = 1 / 2000;
const FIRST_SHARE = 0.02;
/** The share is looked at again after so much, so that a server that gets busy is soon left alone. */
const LOOK_MICROS = 2000;
/** How fast the share grows again: a burst must not meet a share that fits the lull before it. */
const GROWTH = 2;
/** Of requests that look like no other before them so many are traced beyond the share, until the budget is asked the next time: rare routes, too, are to be known. */
const MOST_EXPLORED = 2;
/** So many requests are looked at for it: a busy server has many, and all of them known. */
const MOST_LOOKS = 500;

export interface Clock {
  nowMicros(): number;
  /** Of the process. */
  cpuMicros(): number;
}

export class TraceBudget {
  readonly #isLimited: boolean;
  readonly #clock: Clock;
  readonly #random: () => number;
  #share: number;
  #spentMicros = 0;
  /** Since the last time that someone asked. */
  #costMicros = 0;
  readonly #explored = new Explored();
  #explores = MOST_EXPLORED;
  #looks = MOST_LOOKS;
  #since: { readonly micros: number; readonly cpuMicros: number };

  /** @param isLimited false: every request is traced. */
  constructor(isLimited: boolean, clock: Clock, random: () => number = Math.random) {
    this.#random = random;
    this.#isLimited = isLimited;
    this.#clock = clock;
    this.#share = isLimited ? FIRST_SHARE : 1;
    this.#since = { micros: clock.nowMicros(), cpuMicros: clock.cpuMicros() };
  }

  /** Share of requests that are traced. */
  get share(): number {
    return this.#share;
  }

  /** The same chance for every request of a route, but for the first ones. */
  admits(method: string, url: string): boolean {
    if (this.#share >= 1 || this.#random() < this.#share) return true;
    if (this.#explores === 0 || this.#looks === 0) return false;
    this.#looks--;
    if (!this.#explored.isNew(method, url)) return false;
    this.#explores--;
    return true;
  }

  spend(micros: number): void {
    this.#spentMicros += micros;
    this.#costMicros += micros;
    if (this.#isLimited && this.#spentMicros >= LOOK_MICROS) this.#adjust();
  }

  /** Looks at the share, which nothing may have been spent on. @returns what was spent since the last call, in microseconds. */
  take(): number {
    if (this.#isLimited) this.#adjust();
    this.#explores = MOST_EXPLORED;
    this.#looks = MOST_LOOKS;
    const costMicros = this.#costMicros;
    this.#costMicros = 0;
    return costMicros;
  }

  #adjust(): void {
    const now = { micros: this.#clock.nowMicros(), cpuMicros: this.#clock.cpuMicros() };
    const allowedMicros = Math.max(
      TARGET_SHARE * (now.cpuMicros - this.#since.cpuMicros),
      IDLE_SHARE * (now.micros - this.#since.micros),
    );
    const wanted = this.#spentMicros > 0 ? (this.#share * allowedMicros) / this.#spentMicros : 1;
    this.#share = Math.min(1, Math.max(LEAST_SHARE, Math.min(wanted, GROWTH * this.#share)));
    this.#spentMicros = 0;
    this.#since = now;
  }
}
