/** Finds the request of a sample from its slot and time. Knows the requests of the current and the previous segment. */

import { FLAG_FIRST, FLAG_OPEN, type RequestBatch } from '../request/request-batch.ts';

export interface IndexedRequest {
  readonly slot: number;
  readonly startMicros: number;
  endMicros: number;
  /** -1 while unknown. */
  route: number;
  isOpen: boolean;
  readonly isFirst: boolean;
}

export class RequestIndex {
  /** Per slot, in order of start. */
  #bySlot = new Map<number, IndexedRequest[]>();

  /** Adds a batch; requests that ended before the previous batch are forgotten. @returns the batch's requests. */
  add(batch: RequestBatch): IndexedRequest[] {
    const previous = this.#bySlot;
    this.#bySlot = new Map();
    const added: IndexedRequest[] = [];
    for (let at = 0; at < batch.slot.length; at++) {
      const flags = batch.flags[at] as number;
      const request: IndexedRequest = {
        slot: batch.slot[at] as number,
        startMicros: batch.startMicros[at] as number,
        endMicros: batch.endMicros[at] as number,
        route: batch.route[at] as number,
        isOpen: (flags & FLAG_OPEN) !== 0,
        isFirst: (flags & FLAG_FIRST) !== 0,
      };
      added.push(request);
      const known = this.#bySlot.get(request.slot);
      if (known) known.push(request);
      else this.#bySlot.set(request.slot, [request]);
    }
    for (const [slot, requests] of previous) {
      // Its tail may still be sampled; one older request per slot is enough, slots rest long before they are reused.
      const last = requests.at(-1);
      const current = this.#bySlot.get(slot);
      if (!last || last.isOpen) continue;
      if (!current) this.#bySlot.set(slot, [{ ...last, isOpen: false }]);
      else if (current[0] && current[0].startMicros > last.startMicros) current.unshift(last);
    }
    for (const requests of this.#bySlot.values()) requests.sort((a, b) => a.startMicros - b.startMicros);
    return added;
  }

  /** The latest request of the slot that had begun by then; the slot's first where clocks disagree. */
  find(slot: number, timeMicros: number): IndexedRequest | undefined {
    const requests = this.#bySlot.get(slot);
    if (!requests) return undefined;
    for (let at = requests.length - 1; at >= 0; at--) {
      const request = requests[at] as IndexedRequest;
      if (request.startMicros <= timeMicros) return request;
    }
    return requests[0];
  }

  clear(): void {
    this.#bySlot.clear();
  }
}
