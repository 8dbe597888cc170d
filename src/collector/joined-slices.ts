/** Joins the slices of a few rotations: those are shorter, for the host's sake, than what is stored, sent and drawn one by one needs to be. */

import type { Slice } from '../store/contract.ts';
import { mergeSlices } from '../store/slices.ts';

/** Three rotations by the timer, which are a little more or less than a second apart. */
const JOINED_MS = 2500;
/** No slice gets longer by being joined: windows of time are as fine as slices are. */
const MOST_MS = 3500;

export class JoinedSlices {
  readonly #deliver: (slice: Slice) => void;
  #slices: Slice[] = [];

  constructor(deliver: (slice: Slice) => void) {
    this.#deliver = deliver;
  }

  /** @param isAwaited whether somebody is about to read it. @returns whether everything has been delivered. */
  add(slice: Slice, isAwaited: boolean): boolean {
    if (lengthOf([...this.#slices, slice]) > MOST_MS) this.deliver();
    this.#slices.push(slice);
    if (!isAwaited && lengthOf(this.#slices) < JOINED_MS) return false;
    this.deliver();
    return true;
  }

  /** Delivers what there is. */
  deliver(): void {
    const slices = this.#slices;
    this.#slices = [];
    if (slices.length > 0) this.#deliver(slices.length === 1 ? (slices[0] as Slice) : mergeSlices(slices));
  }

  /** Forgets what has not been delivered. */
  clear(): void {
    this.#slices = [];
  }
}

function lengthOf(slices: readonly Slice[]): number {
  return (slices.at(-1)?.to ?? 0) - (slices[0]?.from ?? 0);
}
