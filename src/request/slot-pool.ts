/**
 * Hands out slots, longest rested first: a slot rests for at least RESTING other requests before it is reused, so that work
 * which outlives its request is met while the slot is free, and clocks need not agree to the microsecond. A slot that something
 * outlived is retired when its turn comes.
 */

import { RequestSlot, TIMES_PER_SLOT } from './slot.ts';

const RESTING = 1024;
/** Slots whose times stand side by side. Chunks, because retired slots are let go. */
const CHUNK = 256;

export class SlotPool {
  readonly #createHolder: (slot: RequestSlot) => object;
  /** Every slot in use or at rest, by id. */
  readonly #slots = new Map<number, RequestSlot>();
  /** A ring: an array that is cut and grown all the time would fill the old generation. Its length is a power of two. */
  #resting = new Array<RequestSlot | undefined>(2 * RESTING).fill(undefined);
  /** Where in the ring the longest rested slot is, and how many follow it. */
  #first = 0;
  #count = 0;
  #created = 0;
  #times = new Float64Array(0);
  #retired = 0;

  constructor(createHolder: (slot: RequestSlot) => object) {
    this.#createHolder = createHolder;
  }

  acquire(): RequestSlot {
    while (this.#count > RESTING) {
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

  release(slot: RequestSlot): void {
    if (this.#count === this.#resting.length) this.#grow();
    this.#resting[(this.#first + this.#count) & (this.#resting.length - 1)] = slot;
    this.#count++;
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
    this.#first = 0;
  }
}
