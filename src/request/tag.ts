/**
 * Remembers the slot of a request, response, stream or socket in a private field that is stamped onto the foreign object:
 * as fast as a property, and the host can neither see nor clone it (a returned object from a base constructor receives the
 * derived class's private fields). A tag is never taken off: it counts only while its slot owns the object.
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

  static stamp(object: object, slot: RequestSlot): boolean {
    try {
      new Tag(object).#slot = slot;
      return true;
    } catch {
      // A field can be stamped once.
      return false;
    }
  }

  static set(object: object, slot: RequestSlot): void {
    if (!Tag.stamp(object, slot)) (object as Tag).#slot = slot;
  }

  static get(object: object): RequestSlot | undefined {
    try {
      // Not `#slot in object`: V8 has no cache for that. Objects that are asked nearly always have the field.
      const slot = (object as Tag).#slot;
      return slot?.owns(object) ? slot : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Tags an object that has never been tagged. @returns false when it has. */
export const stampSlot: (object: object, slot: RequestSlot) => boolean = Tag.stamp;
/** Tags an object, again if need be. */
export const setSlot: (object: object, slot: RequestSlot) => void = Tag.set;
/** @returns the slot of the open request that the object is part of. */
export const slotOf: (object: object) => RequestSlot | undefined = Tag.get;
