/**
 * Hands out slots, longest rested first: a slot rests for a while before it is reused, so that work which outlives its request is met while the
 * slot is free, and clocks need not agree to the microsecond. Not for longer than that needs: the more slots take turns, the
 * more of them are out of the processor's caches. A slot that something outlived is retired when its turn comes.
 */

import { CLOCK_SLACK_MICROS, RequestSlot, TIMES_PER_SLOT } from './slot.ts';

/** Of how many other requests a slot sees the end before it is reused, and for how long it rests: twice what clocks may differ by. */
const LEAST_RESTING = 256;
const REST_MICROS: number = 2 * CLOCK_SLACK_MICROS;
/** As many may rest before the longest rested is reused in any case. */
const MOST_RESTING = 1024;
/** Slots whose times stand side by side. Chunks, because retired slots are let go. */
const CHUNK = 256;

export class SlotPool {
  readonly #createHolder: (slot: RequestSlot) => object;
  /** Every slot in use or at rest, by id. */
  readonly #slots = new Map<number, RequestSlot>();
  /** A ring: an array that is cut and grown all the time would fill the old generation. Its length is a power of two. */
  #resting = new Array<RequestSlot | undefined>(2 * MOST_RESTING).fill(undefined);
  /** Since when; beside the ring, because the slots themselves must be fetched from memory. */
  #since = new Float64Array(2 * MOST_RESTING);
  /** Where in the ring the longest rested slot is, and how many follow it. */
  #first = 0;
  #count = 0;
  #created = 0;
  #times = new Float64Array(0);
  #retired = 0;

  constructor(createHolder: (slot: RequestSlot) => object) {
    this.#createHolder = createHolder;
  }

  acquire(nowMicros: number): RequestSlot {
    while (this.#count > LEAST_RESTING) {
      if (this.#count <= MOST_RESTING && nowMicros - (this.#since[this.#first] as number) < REST_MICROS) break;
      const slot = this.#resting[this.#first] as RequestSlot;
      this.#resting[this.#first] = undefined;
      this.#first = (this.#first + 1) & (this.#resting.length - 1);
      this.#count--;
      if (!slot.outlived) return slot;
      this.#slots.delete(slot.id);
      this.#retired++;
    }
    const at = (this.#created % CHUNK) * TIMES_PER_SLOT;
    if (at === 0) this.#times = new Float64Array(CHUNK * TIMES_PER_SLOT);
    const slot = new RequestSlot(this.#created++, this.#times, at);
    slot.holder = this.#createHolder(slot);
    this.#slots.set(slot.id, slot);
    return slot;
  }

  release(slot: RequestSlot, nowMicros: number): void {
    if (this.#count === this.#resting.length) this.#grow();
    const at = (this.#first + this.#count) & (this.#resting.length - 1);
    this.#resting[at] = slot;
    this.#since[at] = nowMicros;
    this.#count++;
  }

  /** How many slots rest. */
  get resting(): number {
    return this.#count;
  }

  open(): RequestSlot[] {
    const open: RequestSlot[] = [];
    let inUse = this.#slots.size - this.#count;
    for (const slot of this.#slots.values()) {
      if (inUse === 0) break;
      if (!slot.isOpen) continue;
      open.push(slot);
      inUse--;
    }
    return open;
  }

  /** Something outlived a request of this slot. */
  outlived(id: number): void {
    const slot = this.#slots.get(id);
    if (slot) slot.outlived = true;
  }

  /** Slots made and slots retired, for `status`. */
  counts(): { readonly created: number; readonly retired: number } {
    return { created: this.#created, retired: this.#retired };
  }

  #grow(): void {
    const { length } = this.#resting;
    const inOrder = [...this.#resting.slice(this.#first), ...this.#resting.slice(0, this.#first)];
    this.#resting = [...inOrder, ...new Array<undefined>(length).fill(undefined)];
    const since = new Float64Array(2 * length);
    since.set(this.#since.subarray(this.#first));
    since.set(this.#since.subarray(0, this.#first), length - this.#first);
    this.#since = since;
    this.#first = 0;
  }
}
