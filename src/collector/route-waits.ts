/**
 * What the requests of each route waited for: the traced ones as it was, the others as it is estimated. What comes out is never negative: what was too much is kept
 * until there is more of it.
 */

import type { EndedFigures } from '../request/figures-log.ts';
import { durationClasses } from './duration-classes.ts';
import { type Amount, addAmount, sum, WaitEstimate } from './wait-estimate.ts';

/** Traced requests whose durations lie between two powers of two of microseconds. */
export interface TracedClass {
  requests: number;
  micros: number;
  readonly amounts: Map<string, Amount>;
}

export interface SettledWaits {
  readonly amounts: ReadonlyMap<string, Amount>;
  readonly tracedRequests: number;
  /** Durations of the traced requests, and of those for which they stand since now, microseconds. */
  readonly coveredMicros: number;
}

/** What is kept of one route. */
interface RouteState {
  readonly estimate: WaitEstimate;
  /** What has been too much so far. */
  readonly debts: Map<string, Amount>;
}

/** Over all routes. */
const MAX_ENTRIES = 200_000;

export class RouteWaits {
  readonly #routes = new Map<string, RouteState>();

  /**
   * @param traced by exponent of the power of two: requests that ended since the last call.
   * @param ended all of the route that ended since.
   */
  add(route: string, traced: ReadonlyMap<number, TracedClass>, ended: EndedFigures): SettledWaits {
    const { estimate, debts } = this.#stateOf(route);
    const amounts = new Map<string, Amount>();
    let tracedRequests = 0;
    let coveredMicros = 0;
    for (const [exponent, some] of traced) {
      estimate.traced(exponent, some.requests, some.micros, some.amounts);
      tracedRequests += some.requests;
      coveredMicros += some.micros;
      for (const [key, amount] of some.amounts) addAmount(amounts, key, amount);
    }
    for (const [exponent, { requests, micros }] of durationClasses(ended)) {
      const known = traced.get(exponent);
      if (requests > (known?.requests ?? 0)) estimate.untraced(exponent, Math.max(0, micros - (known?.micros ?? 0)));
    }
    const settled = estimate.settle();
    for (const [key, amount] of settled.amounts) addAmount(amounts, key, amount);
    return { amounts: paid(amounts, debts), tracedRequests, coveredMicros: coveredMicros + settled.coveredMicros };
  }

  /** Whether it is to be cleared, and learned anew. */
  get isFull(): boolean {
    let entries = 0;
    for (const { estimate, debts } of this.#routes.values()) entries += estimate.size + debts.size;
    return entries > MAX_ENTRIES;
  }

  clear(): void {
    this.#routes.clear();
  }

  #stateOf(route: string): RouteState {
    let state = this.#routes.get(route);
    if (!state) {
      state = { estimate: new WaitEstimate(), debts: new Map() };
      this.#routes.set(route, state);
    }
    return state;
  }
}

/** @param debts are settled, and added to. @returns what is left of each amount. */
function paid(amounts: ReadonlyMap<string, Amount>, debts: Map<string, Amount>): Map<string, Amount> {
  const left = new Map<string, Amount>();
  for (const [key, amount] of amounts) {
    const { ns, count } = sum(debts.get(key), amount);
    left.set(key, { ns: Math.max(0, ns), count: Math.max(0, count) });
    if (ns < 0 || count < 0) debts.set(key, { ns: Math.min(0, ns), count: Math.min(0, count) });
    else debts.delete(key);
  }
  return left;
}
