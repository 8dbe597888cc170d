/**
 * Counts and durations of the requests that end, per route, until the next rotation takes them. Summed where they end, because a busy server
 * has a hundred thousand between two rotations. Written for every request: no objects are made.
 */

/** Of one route, since the last batch. */
export interface EndedFigures {
  /** Index into the routes of this and all earlier batches together. */
  readonly route: number;
  readonly requests: number;
  readonly errors: number;
  readonly sumMicros: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  /** How many requests took how long, by powers of two. */
  readonly octaves: readonly Octave[];
}

/** Durations of 2^exponent microseconds and more, below the next power of two. */
export interface Octave {
  readonly exponent: number;
  /** By steps of equal size. */
  readonly counts: Uint32Array<ArrayBuffer>;
}

export interface FiguresBatch {
  /** Requests, those that are in no route's figures included. */
  readonly ended: number;
  readonly routes: readonly EndedFigures[];
}

/** Steps of equal size between a power of two and the next: the middle of one is at most 1/256 away from its ends. */
const STEPS = 128;
/** A float's exponent and as many bits of its fraction as there are steps. */
const FLOAT_SHIFT = 16;
const FLOAT_EXPONENT_SHIFT = 23;
const FLOAT_BIAS = 127;
const NO_REQUEST = Number.POSITIVE_INFINITY;

/** One route's sums; the typed array keeps V8 from making a number object for each new sum. */
class Sums {
  requests = 0;
  errors = 0;
  /** Sum, least and greatest duration. */
  readonly micros = Float64Array.of(0, NO_REQUEST, 0);
  /** By power of two, counts per step. */
  readonly octaves: (Uint32Array<ArrayBuffer> | undefined)[] = [];
}

export class FiguresLog {
  readonly #routes: (Sums | undefined)[] = [];
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  #ended = 0;

  /** A request that counts in no route's figures. */
  skip(): void {
    this.#ended++;
  }

  /** @param durationMicros may be negative where the clock was set back. */
  add(route: number, durationMicros: number, isError: boolean): void {
    this.#ended++;
    const sums = this.#routes[route] ?? this.#begin(route);
    const micros = Math.max(durationMicros, 0);
    sums.requests++;
    if (isError) sums.errors++;
    const figures = sums.micros;
    figures[0] = (figures[0] as number) + micros;
    if (micros < (figures[1] as number)) figures[1] = micros;
    if (micros > (figures[2] as number)) figures[2] = micros;
    this.#float[0] = Math.max(micros, 1);
    const bits = this.#bits[0] as number;
    const exponent = (bits >>> FLOAT_EXPONENT_SHIFT) - FLOAT_BIAS;
    let octave = sums.octaves[exponent];
    if (octave === undefined) {
      octave = new Uint32Array(STEPS);
      sums.octaves[exponent] = octave;
    }
    const step = (bits >>> FLOAT_SHIFT) & (STEPS - 1);
    octave[step] = (octave[step] as number) + 1;
  }

  take(): FiguresBatch {
    const routes: EndedFigures[] = [];
    for (const [route, sums] of this.#routes.entries()) {
      if (sums === undefined || sums.requests === 0) continue;
      const [sumMicros, minMicros, maxMicros] = sums.micros as unknown as [number, number, number];
      routes.push({
        route,
        requests: sums.requests,
        errors: sums.errors,
        sumMicros,
        minMicros,
        maxMicros,
        octaves: takeOctaves(sums.octaves),
      });
      sums.requests = 0;
      sums.errors = 0;
      sums.micros.set([0, NO_REQUEST, 0]);
    }
    const ended = this.#ended;
    this.#ended = 0;
    return { ended, routes };
  }

  #begin(route: number): Sums {
    const sums = new Sums();
    this.#routes[route] = sums;
    return sums;
  }
}

/** Whole octaves: what is in them the collector may look up. */
function takeOctaves(octaves: (Uint32Array<ArrayBuffer> | undefined)[]): Octave[] {
  const taken: Octave[] = [];
  for (const [exponent, counts] of octaves.entries()) {
    if (counts === undefined) continue;
    taken.push({ exponent, counts: counts.slice() });
    counts.fill(0);
  }
  return taken;
}

/** @returns durations in microseconds and their counts: a duration stands for all that differ from it by at most 0.4 %. */
export function durationsOf(octaves: readonly Octave[]): { readonly micros: number; readonly count: number }[] {
  return octaves.flatMap(({ exponent, counts }) =>
    Array.from(counts, (count, step) => ({ micros: microsOf(exponent, step), count })).filter(({ count }) => count > 0),
  );
}

/** @returns how many requests took so long, and for how long together, in microseconds. */
export function octaveSum({ exponent, counts }: Octave): { readonly requests: number; readonly micros: number } {
  let requests = 0;
  let micros = 0;
  for (let step = 0; step < counts.length; step++) {
    const count = counts[step] as number;
    requests += count;
    micros += count * microsOf(exponent, step);
  }
  return { requests, micros };
}

/** The middle of a step. */
function microsOf(exponent: number, step: number): number {
  return 2 ** exponent * (1 + (step + 0.5) / STEPS);
}
