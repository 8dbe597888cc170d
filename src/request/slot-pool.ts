/**
 * Hands out slots, longest rested first: a slot rests for at least RESTING other requests before it is reused, so that work
 * which outlives its request is met while the slot is free, and clocks need not agree to the microsecond. A slot that something
 * outlived is retired when its turn comes.
 */

import { RequestSlot } from './slot.ts';

const RESTING = 1024;

export class SlotPool {
  readonly #createHolder: (slot: RequestSlot) => object;
  /** Every slot in use or at rest, by id. */
  readonly #slots = new Map<number, RequestSlot>();
  #resting: RequestSlot[] = [];
  /** Index of the longest rested; the array is cut when half of it is used up. */
  #next = 0;
  #created = 0;
  #retired = 0;

  constructor(createHolder: (slot: RequestSlot) => object) {
    this.#createHolder = createHolder;
  }

  acquire(): RequestSlot {
    while (this.#resting.length - this.#next > RESTING) {
      const slot = this.#resting[this.#next++] as RequestSlot;
      if (this.#next > RESTING) {
        this.#resting = this.#resting.slice(this.#next);
        this.#next = 0;
      }
      if (!slot.outlived) return slot;
      this.#slots.delete(slot.id);
      this.#retired++;
    }
    const slot = new RequestSlot(this.#created++);
    slot.holder = this.#createHolder(slot);
    this.#slots.set(slot.id, slot);
    return slot;
  }

  release(slot: RequestSlot): void {
    this.#resting.push(slot);
  }

  open(): RequestSlot[] {
    const open: RequestSlot[] = [];
    for (const slot of this.#slots.values()) if (slot.isOpen) open.push(slot);
    return open;
  }

  /** Something outlived a request of each of these. */
  outlived(ids: readonly number[]): void {
    for (const id of ids) {
      const slot = this.#slots.get(id);
      if (slot) slot.outlived = true;
    }
  }

  /** Slots made and slots retired, for `status`. */
  counts(): { readonly created: number; readonly retired: number } {
    return { created: this.#created, retired: this.#retired };
  }
}
