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
    this.#segments.push(inOrder);
    this.#size += inOrder.length;
    while (this.#size > MAX_SAMPLES && this.#segments.length > 1) this.#size -= this.#segments.shift()?.length ?? 0;
  }

  /** @returns the samples in a stretch of time, in order. */
  between(startMicros: number, endMicros: number): TimelineSample[] {
    return this.#segments.flatMap((samples) => {
      const from = firstAfter(samples, (timeMicros) => timeMicros >= startMicros);
      return samples.slice(
        from,
        firstAfter(samples, (timeMicros) => timeMicros > endMicros),
      );
    });
  }

  clear(): void {
    this.#segments = [];
    this.#size = 0;
  }
}

/** @returns the index of the first sample whose time is late enough: asked for every traced request, so by halves. */
export function firstAfter(samples: readonly TimelineSample[], isLate: (timeMicros: number) => boolean): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isLate((samples[middle] as TimelineSample).timeMicros)) high = middle;
    else low = middle + 1;
  }
  return low;
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
