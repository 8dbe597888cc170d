/** Finds the request of a sample from its slot and time, among those that the samples of a segment can belong to. */

import { FLAG_FIRST, type RequestBatch } from '../request/request-batch.ts';
import { CLOCK_SLACK_MICROS, TAIL_MICROS } from '../request/slot.ts';
import type { CpuSegment } from '../sample/segment.ts';

export interface IndexedRequest {
  readonly slot: number;
  readonly startMicros: number;
  /** Of an open request, the time of the rotation. */
  readonly endMicros: number;
  /** Index of the route, or ROUTE_UNKNOWN. */
  readonly route: number;
  readonly isFirst: boolean;
}

/** A batch and the time of the rotation that took it. */
interface KeptBatch {
  readonly batch: RequestBatch;
  readonly takenMicros: number;
}

export class RequestIndex {
  /** Per sampled slot, its requests in order of start. */
  #bySlot = new Map<number, IndexedRequest[]>();
  /** The newest first. */
  #kept: KeptBatch[] = [];

  /**
   * @param segment of the same rotation; null where nothing is sampled.
   * @returns the batches that are no longer needed.
   */
  add(batch: RequestBatch, segment: CpuSegment | null): RequestBatch[] {
    this.#bySlot = new Map();
    const before = this.#kept;
    if (!segment) {
      this.#kept = [];
      return [batch, ...before.map((kept) => kept.batch)];
    }
    // While someone watches, rotations come faster than a request's tail ends: one batch back is not enough.
    const isNeeded = ({ takenMicros }: KeptBatch): boolean => takenMicros + TAIL_MICROS >= segment.startMicros;
    this.#kept = [{ batch, takenMicros: segment.endMicros }, ...before.filter(isNeeded)];
    // A batch has many requests, the samples touch few of them.
    const sampled = new Set(segment.samples.slot);
    for (const { batch: kept } of this.#kept) {
      for (let at = 0; at < kept.length; at++)
        if (sampled.has(kept.slot[at] as number)) this.#keep(requestAt(kept, at));
    }
    for (const requests of this.#bySlot.values()) requests.sort((a, b) => a.startMicros - b.startMicros);
    return before.filter((kept) => !isNeeded(kept)).map((kept) => kept.batch);
  }

  /** The latest request of the slot that had begun by then; the slot's first where clocks disagree. */
  find(slot: number, timeMicros: number): IndexedRequest | undefined {
    const requests = this.#bySlot.get(slot);
    return requests?.findLast((request) => request.startMicros <= timeMicros + CLOCK_SLACK_MICROS) ?? requests?.[0];
  }

  /** A request that was open at an earlier rotation is met again: what the newer batch says holds. */
  #keep(request: IndexedRequest): void {
    const known = this.#bySlot.get(request.slot);
    if (!known) this.#bySlot.set(request.slot, [request]);
    else if (!known.some(({ startMicros }) => startMicros === request.startMicros)) known.push(request);
  }
}

/** Names a request of this process: slots are given to one after the other. */
export function requestKey(slot: number, startMicros: number): string {
  return `${slot}:${startMicros}`;
}

function requestAt(batch: RequestBatch, at: number): IndexedRequest {
  return {
    slot: batch.slot[at] as number,
    startMicros: batch.startMicros[at] as number,
    endMicros: batch.endMicros[at] as number,
    route: batch.route[at] as number,
    isFirst: ((batch.flags[at] as number) & FLAG_FIRST) !== 0,
  };
}
