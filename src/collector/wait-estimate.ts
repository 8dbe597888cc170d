/**
 * What the requests of one route waited for that were not traced, estimated from those that were. A traced request stands for others that took about as long: what the slow
 * ones of a route wait for, the quick ones found in a cache. Pure.
 */

/** Time, and how often. May be negative: a sample can stand for more time on the thread than its request had. */
export interface Amount {
  readonly ns: number;
  readonly count: number;
}

export interface Estimated {
  /** What is to be added to what was estimated before; negative where that was too much. */
  readonly amounts: ReadonlyMap<string, Amount>;
  /** Durations for which traced requests stand since now, microseconds. */
  readonly coveredMicros: number;
}

/** Traced requests that an estimate rests on, of one class of durations: the latest. What a route does changes. */
const MEMORY = 64;
/** A class without traced requests is left alone for so many calls before those of the next one stand for it: in a second with a pause of the machine they may be of another kind. */
const PATIENCE = 20;

/** Requests of one class of durations, from a power of two of microseconds to the next. */
class DurationClass {
  /** Durations of traced requests, and what they waited for; older ones count for less and less. */
  tracedMicros = 0;
  sums = new Map<string, Amount>();
  /** Durations of the requests that were not traced while those were. */
  untracedMicros = 0;
  /** What has been estimated for them. */
  given = new Map<string, Amount>();
  /** Durations of requests for which no traced one could stand yet. */
  uncoveredMicros = 0;
  /** Calls before there was a traced request. */
  waited = 0;

  /** Lets older requests count for less. */
  forget(kept: number): void {
    this.tracedMicros *= kept;
    this.untracedMicros *= kept;
    this.sums = scaled(this.sums, kept);
    this.given = scaled(this.given, kept);
  }
}

export class WaitEstimate {
  readonly #classes = new Map<number, DurationClass>();

  /** Traced requests of one class of durations. @param exponent of the power of two. */
  traced(exponent: number, requests: number, micros: number, amounts: ReadonlyMap<string, Amount>): void {
    const all = this.#classOf(exponent);
    all.forget(Math.max(0, 1 - requests / MEMORY));
    all.tracedMicros += micros;
    for (const [key, amount] of amounts) addAmount(all.sums, key, amount);
  }

  /** Durations of requests that were not traced. */
  untraced(exponent: number, micros: number): void {
    this.#classOf(exponent).uncoveredMicros += micros;
  }

  /** To be called once per rotation. @returns what changed since the last call. */
  settle(): Estimated {
    const amounts = new Map<string, Amount>();
    let coveredMicros = 0;
    for (const [exponent, some] of this.#classes) {
      const like = this.#likeOf(exponent, some);
      if (!like) continue;
      coveredMicros += some.uncoveredMicros;
      some.untracedMicros += some.uncoveredMicros;
      some.uncoveredMicros = 0;
      const wanted = scaled(like.sums, some.untracedMicros / like.tracedMicros);
      for (const key of new Set([...wanted.keys(), ...some.given.keys()])) {
        const more = sum(wanted.get(key), scale(some.given.get(key) ?? NOTHING, -1));
        if (more.ns !== 0 || more.count !== 0) addAmount(amounts, key, more);
      }
      some.given = wanted;
      if (like !== some) some.forget(1 - 1 / MEMORY);
    }
    return { amounts, coveredMicros };
  }

  /** Entries kept, to be bounded. */
  get size(): number {
    let size = 0;
    for (const { sums, given } of this.#classes.values()) size += sums.size + given.size;
    return size;
  }

  /** @returns the class whose traced requests stand for one: itself, or, where it has none for long, the next shorter or longer one. */
  #likeOf(exponent: number, some: DurationClass): DurationClass | undefined {
    if (some.tracedMicros > 0) return some;
    if (++some.waited <= PATIENCE) return undefined;
    return [exponent - 1, exponent + 1]
      .map((next) => this.#classes.get(next))
      .find((next) => next !== undefined && next.tracedMicros > 0);
  }

  #classOf(exponent: number): DurationClass {
    let found = this.#classes.get(exponent);
    if (!found) {
      found = new DurationClass();
      this.#classes.set(exponent, found);
    }
    return found;
  }
}

const NOTHING: Amount = { ns: 0, count: 0 };

export function sum(a: Amount = NOTHING, b: Amount): Amount {
  return { ns: a.ns + b.ns, count: a.count + b.count };
}

/** Adds to what there is under a key. */
export function addAmount(amounts: Map<string, Amount>, key: string, more: Amount): void {
  amounts.set(key, sum(amounts.get(key), more));
}

function scale({ ns, count }: Amount, factor: number): Amount {
  return { ns: ns * factor, count: count * factor };
}

function scaled(amounts: ReadonlyMap<string, Amount>, factor: number): Map<string, Amount> {
  if (factor === 0) return new Map();
  return new Map([...amounts].map(([key, amount]) => [key, scale(amount, factor)]));
}
