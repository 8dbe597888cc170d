/**
 * What the requests of each route waited for: the traced ones as it was, the others as it is estimated. What comes out is never negative: what was too much is kept
 * until there is more of it.
 */

import type { EndedFigures } from '../request/figures-log.ts';
import { durationClasses } from './duration-classes.ts';
import { type Amount, sum, WaitEstimate } from './wait-estimate.ts';

/** Traced requests whose durations lie between two powers of two of microseconds. */
export interface TracedClass {
  requests: number;
  micros: number;
  readonly amounts: Map<string, Amount>;
}

export interface SettledWaits {
  readonly amounts: ReadonlyMap<string, Amount>;
  /** Durations of the traced requests, and of those for which they stand since now, microseconds. */
  readonly coveredMicros: number;
}

/** Over all routes. */
const MAX_ENTRIES = 200_000;

export class RouteWaits {
  readonly #estimates = new Map<string, WaitEstimate>();
  /** Per route what has been too much so far. */
  readonly #debts = new Map<string, Map<string, Amount>>();

  /**
   * @param traced by exponent of the power of two: requests that ended since the last call.
   * @param ended all of the route that ended since, undefined where none did.
   */
  add(route: string, traced: ReadonlyMap<number, TracedClass>, ended: EndedFigures | undefined): SettledWaits {
    const estimate = this.#estimateOf(route);
    const amounts = new Map<string, Amount>();
    const add = (more: ReadonlyMap<string, Amount>): void => {
      for (const [key, amount] of more) amounts.set(key, sum(amounts.get(key), amount));
    };
    let coveredMicros = 0;
    for (const [exponent, some] of traced) {
      estimate.traced(exponent, some.requests, some.micros, some.amounts);
      coveredMicros += some.micros;
      add(some.amounts);
    }
    for (const [exponent, { requests, micros }] of ended ? durationClasses(ended) : []) {
      const known = traced.get(exponent);
      if (requests > (known?.requests ?? 0)) estimate.untraced(exponent, Math.max(0, micros - (known?.micros ?? 0)));
    }
    const settled = estimate.settle();
    add(settled.amounts);
    return { amounts: this.#pay(route, amounts), coveredMicros: coveredMicros + settled.coveredMicros };
  }

  clear(): void {
    this.#estimates.clear();
    this.#debts.clear();
  }

  #estimateOf(route: string): WaitEstimate {
    let estimate = this.#estimates.get(route);
    if (!estimate) {
      estimate = new WaitEstimate();
      this.#estimates.set(route, estimate);
    }
    return estimate;
  }

  #pay(route: string, amounts: ReadonlyMap<string, Amount>): Map<string, Amount> {
    const debts = this.#debts.get(route) ?? new Map<string, Amount>();
    const paid = new Map<string, Amount>();
    for (const [key, amount] of amounts) {
      const { ns, count } = sum(debts.get(key), amount);
      paid.set(key, { ns: Math.max(0, ns), count: Math.max(0, count) });
      if (ns < 0 || count < 0) debts.set(key, { ns: Math.min(0, ns), count: Math.min(0, count) });
      else debts.delete(key);
    }
    if (debts.size > 0) this.#debts.set(route, debts);
    else this.#debts.delete(route);
    return paid;
  }

  /** Whether it is to be cleared, and learned anew. */
  get isFull(): boolean {
    let entries = 0;
    for (const { size } of this.#estimates.values()) entries += size;
    for (const { size } of this.#debts.values()) entries += size;
    return entries > MAX_ENTRIES;
  }
}
