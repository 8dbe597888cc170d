/** The samples of the last minute in order of time, each with its stack: what a slow request is made of is known only when it has ended. */

import type { FunctionInfo } from '../profile/profile.ts';
import type { TimedSample } from './attribute.ts';

/** Samples kept; a longer request lacks its first ones. */
const MAX_SAMPLES = 20_000;

/** A sample of the timeline, of a request or of none. */
export interface TimelineSample extends TimedSample {
  /** Start of its request, 0 where it has none. */
  readonly requestMicros: number;
  /** Index of the route, ROUTE_UNKNOWN where it has none or is not routed yet. */
  readonly route: number;
  readonly frames: Frames;
}

/** The call tree of a segment. */
interface Frames {
  readonly parent: ArrayLike<number>;
  /** Null for the profiler's own. */
  readonly shown: readonly (FunctionInfo | null)[];
}

export class Timeline {
  /** Per segment, in order of time. */
  #segments: (readonly TimelineSample[])[] = [];
  #size = 0;

  add(samples: readonly Omit<TimelineSample, 'frames'>[], frames: Frames): void {
    if (samples.length === 0) return;
    const inOrder = samples
      .map((sample) => ({ ...sample, frames }))
      .sort((first, second) => first.timeMicros - second.timeMicros);
    // The clock was set back: what was before would lie between what comes.
    if (lastMicros(this.#segments.at(-1)) > lastMicros(inOrder)) this.clear();
    this.#segments.push(inOrder);
    this.#size += inOrder.length;
    while (this.#size > MAX_SAMPLES && this.#segments.length > 1) this.#size -= this.#segments.shift()?.length ?? 0;
  }

  /** @returns the samples in a stretch of time, in order. */
  between(startMicros: number, endMicros: number): TimelineSample[] {
    const found: TimelineSample[] = [];
    const first = firstOf(this.#segments, (samples) => lastMicros(samples) >= startMicros);
    for (let at = first; at < this.#segments.length; at++) {
      const samples = this.#segments[at] as readonly TimelineSample[];
      const from = firstAfter(samples, (timeMicros) => timeMicros >= startMicros);
      const to = firstAfter(samples, (timeMicros) => timeMicros > endMicros);
      found.push(...samples.slice(from, to));
      if (to < samples.length) break;
    }
    return found;
  }

  /** @returns the first sample after a time. */
  next(micros: number): TimelineSample | undefined {
    const samples = this.#segments[firstOf(this.#segments, (each) => lastMicros(each) > micros)];
    return samples?.[firstAfter(samples, (timeMicros) => timeMicros > micros)];
  }

  clear(): void {
    this.#segments = [];
    this.#size = 0;
  }
}

/** @returns the index of the first sample whose time is late enough. */
export function firstAfter(samples: readonly TimelineSample[], isLate: (timeMicros: number) => boolean): number {
  return firstOf(samples, ({ timeMicros }) => isLate(timeMicros));
}

/** By halves: asked several times for every traced request. */
function firstOf<Item>(items: readonly Item[], isLate: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isLate(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function lastMicros(samples: readonly TimelineSample[] | undefined): number {
  return samples?.at(-1)?.timeMicros ?? Number.NEGATIVE_INFINITY;
}

/** @returns the functions of a sample's stack, outermost first, without the profiler's own. */
export function stackOf({ node, frames }: TimelineSample): FunctionInfo[] {
  const stack: FunctionInfo[] = [];
  for (let at = node; at > 0; at = frames.parent[at] as number) {
    const info = frames.shown[at];
    if (info) stack.push(info);
  }
  return stack.reverse();
}

/** Whether the profiler's own code ran, or something that it called. */
export function isOwnWork({ node, frames }: TimelineSample): boolean {
  for (let at = node; at > 0; at = frames.parent[at] as number) {
    const info = frames.shown[at];
    if (info === null) return true;
    // Code of the host, which the profiler may have called.
    if (info?.category === 'app' || info?.category === 'package') return false;
  }
  return false;
}
