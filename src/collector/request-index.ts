/** Finds the request of a sample from its slot and time. Knows the requests of the current and the previous segment. */

import { FLAG_FIRST, type RequestBatch } from '../request/request-batch.ts';

export interface IndexedRequest {
  readonly slot: number;
  readonly startMicros: number;
  /** Index of the route, or ROUTE_UNKNOWN. */
  readonly route: number;
  readonly isFirst: boolean;
}

export class RequestIndex {
  /** Per sampled slot, its requests in order of start. */
  #bySlot = new Map<number, IndexedRequest[]>();
  #previous: RequestBatch | undefined;

  /** @param sampled the slots that the segment's samples name: a batch has many requests, the samples touch few of them. */
  add(batch: RequestBatch, sampled: ReadonlySet<number>): void {
    this.#bySlot = new Map();
    for (let at = 0; at < batch.length; at++)
      if (sampled.has(batch.slot[at] as number)) this.#keep(requestAt(batch, at));
    this.#addTails(sampled);
    for (const requests of this.#bySlot.values()) requests.sort((a, b) => a.startMicros - b.startMicros);
    this.#previous = batch;
  }

  /** The latest request of the slot that had begun by then; the slot's first where clocks disagree. */
  find(slot: number, timeMicros: number): IndexedRequest | undefined {
    const requests = this.#bySlot.get(slot);
    return requests?.findLast((request) => request.startMicros <= timeMicros) ?? requests?.[0];
  }

  /** Work that a request of the previous batch left behind, in a slot that had no request since. */
  #addTails(sampled: ReadonlySet<number>): void {
    const previous = this.#previous;
    if (!previous) return;
    for (let at = previous.length - 1; at >= 0; at--) {
      const slot = previous.slot[at] as number;
      if (sampled.has(slot) && !this.#bySlot.has(slot)) this.#keep(requestAt(previous, at));
    }
  }

  #keep(request: IndexedRequest): void {
    const known = this.#bySlot.get(request.slot);
    if (known) known.push(request);
    else this.#bySlot.set(request.slot, [request]);
  }
}

function requestAt(batch: RequestBatch, at: number): IndexedRequest {
  return {
    slot: batch.slot[at] as number,
    startMicros: batch.startMicros[at] as number,
    route: batch.route[at] as number,
    isFirst: ((batch.flags[at] as number) & FLAG_FIRST) !== 0,
  };
}
