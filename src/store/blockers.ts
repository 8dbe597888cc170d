/** Who held the event loop while requests of a route could have gone on: functions of other routes, by time. */

import { functionKey } from '../profile/function-key.ts';
import type { FunctionInfo } from '../profile/profile.ts';

/** Of one route; the smallest go first. */
const MAX_BLOCKERS = 20;

/** A function that held the thread for a route. */
export interface Blocker {
  readonly route: string;
  readonly info: FunctionInfo;
  readonly ns: number;
  /** It was seen in so many: the time is scaled to all requests, this is not. */
  readonly samples: number;
}

export class Blockers {
  readonly #byKey = new Map<string, Blocker>();

  add({ route, info, ns, samples }: Blocker): void {
    const key = `${functionKey(info)}\n${route}`;
    const known = this.#byKey.get(key);
    this.#byKey.set(key, {
      route,
      info,
      ns: ns + (known?.ns ?? 0),
      samples: samples + (known?.samples ?? 0),
    });
    if (this.#byKey.size > 2 * MAX_BLOCKERS) this.#shrink();
  }

  merge(from: Blockers): void {
    for (const blocker of from.largest()) this.add(blocker);
  }

  /** The longest first. */
  largest(count: number = MAX_BLOCKERS): Blocker[] {
    return [...this.#byKey.values()].sort((a, b) => b.ns - a.ns).slice(0, Math.min(count, MAX_BLOCKERS));
  }

  #shrink(): void {
    const kept = this.largest();
    this.#byKey.clear();
    for (const blocker of kept) this.add(blocker);
  }
}
