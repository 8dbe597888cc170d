/**
 * Remembers the slot of a request, response, stream or socket in a private field that is stamped onto the foreign object:
 * as fast as a property, and the host can neither see nor clone it (a returned object from a base constructor receives the
 * derived class's private fields).
 */

import type { RequestSlot } from './slot.ts';

class Returned {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto a foreign object
    return object;
  }
}

class Tag extends Returned {
  #slot: RequestSlot | undefined;

  static set(object: object, slot: RequestSlot | undefined): void {
    if (#slot in object) object.#slot = slot;
    else if (slot !== undefined) new Tag(object).#slot = slot;
  }

  static get(object: object): RequestSlot | undefined {
    return #slot in object ? object.#slot : undefined;
  }
}

export const setSlot: (object: object, slot: RequestSlot | undefined) => void = Tag.set;
export const slotOf: (object: object) => RequestSlot | undefined = Tag.get;
