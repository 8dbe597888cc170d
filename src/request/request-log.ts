/**
 * Remembers the latest requests that ended, in order of their end, to find those that were sampled: a busy server answers a hundred thousand
 * between two rotations, and its samples touch a few hundred. Written for every request: no objects are made.
 */

import { FLAG_OPEN, NO_ROW, type RequestBatch, type RequestRows, requestRows, setRow } from './request-batch.ts';
import { firstEndedAt, NO_REQUEST, requestAt, type SampleTimes } from './sampled-requests.ts';
import { CLOCK_SLACK_MICROS, TAIL_MICROS } from './slot.ts';

/** Bound once: the host may replace the global. */
const transferOnly: typeof structuredClone | undefined = globalThis.structuredClone;
/** Requests for which an idle server has room. A power of two, as every capacity is. */
const FIRST_CAPACITY = 1024;
/** Past this, the oldest are forgotten: 6 MB. */
const MAX_CAPACITY = 2 ** 18;
/** Rotations come early when so many have ended: there must be room, too, for those before them whose work may go on. */
export const FULL_LOG: number = MAX_CAPACITY / 2;
/** Of those before the last rotation at least so many are kept, for what goes on in slots that were retired. */
const LEAST_KEPT = 2 ** 13;

export interface OpenRequest {
  readonly slot: number;
  readonly startMicros: number;
  /** Index in the route table, or ROUTE_UNKNOWN. */
  readonly route: number;
  readonly flags: number;
}

export class RequestLog {
  /** A ring: the place of a request is its number, cut. */
  #ring: RequestRows = requestRows(FIRST_CAPACITY);
  /** The number of the next request that ends. */
  #next = 0;
  /** The first since the last rotation. */
  #fresh = 0;
  /** The first that a sample may still belong to. */
  #first = 0;
  /** Numbers of requests to be reported whether they were sampled or not. */
  #expected: number[] = [];

  /** Requests that ended since the last rotation. */
  get size(): number {
    return this.#next - this.#fresh;
  }

  /**
   * @param route index in the route table.
   * @param isExpected whether an earlier batch has spoken of it, as open.
   */
  add(slot: number, startMicros: number, endMicros: number, route: number, flags: number, isExpected: boolean): void {
    if (this.#next - this.#first === this.#ring.slot.length) this.#makeRoom();
    const ring = this.#ring;
    setRow(ring, this.#next & (ring.slot.length - 1), slot, startMicros, endMicros, route, flags);
    if (isExpected) this.#expected.push(this.#next);
    this.#next++;
  }

  /**
   * Takes the requests that samples belong to, those that are open, and those that were.
   * @param samples of the time since the last call.
   * @param resting how many slots rest: they had the requests that ended last, and what a request left behind ends with its slot's rest.
   */
  take(
    samples: SampleTimes | null,
    open: readonly OpenRequest[],
    nowMicros: number,
    resting: number,
  ): Pick<RequestBatch, 'rows' | 'sampleRow'> {
    const ended = new Map<number, number>();
    const rowOf = (number: number): number => {
      const row = ended.get(number) ?? open.length + ended.size;
      ended.set(number, row);
      return row;
    };
    for (const number of this.#expected) if (number >= this.#first) rowOf(number);
    this.#expected = [];
    const sampleRow = samples ? this.#find(samples, open, rowOf) : new Int32Array(0);
    const rows = requestRows(open.length + ended.size);
    for (const [row, { slot, startMicros, route, flags }] of open.entries())
      setRow(rows, row, slot, startMicros, nowMicros, route, flags | FLAG_OPEN);
    for (const [number, row] of ended) this.#copy(number, rows, row);
    this.#fresh = this.#next;
    this.#forget(nowMicros, Math.max(resting, LEAST_KEPT));
    return { rows, sampleRow };
  }

  /** @param rowOf the row of a request that ended, by its number. */
  #find(
    { slot, timeMicros }: SampleTimes,
    open: readonly OpenRequest[],
    rowOf: (number: number) => number,
  ): Int32Array<ArrayBuffer> {
    const openRows = new Map(open.map((request, row) => [request.slot, row]));
    const ended = this.#ended();
    const sampleRow = new Int32Array(slot.length).fill(NO_ROW);
    for (let sample = 0; sample < slot.length; sample++) {
      const id = slot[sample] as number;
      if (id < 0) continue;
      const openRow = openRows.get(id) ?? NO_ROW;
      const openSince = open[openRow]?.startMicros ?? Number.POSITIVE_INFINITY;
      const number = requestAt(ended, id, timeMicros[sample] as number, openSince);
      sampleRow[sample] = number === NO_REQUEST ? openRow : rowOf(number);
    }
    return sampleRow;
  }

  #ended(): { ring: RequestRows; first: number; next: number } {
    return { ring: this.#ring, first: this.#first, next: this.#next };
  }

  #copy(number: number, rows: RequestRows, row: number): void {
    const { slot, startMicros, endMicros, route, flags } = this.#ring;
    const at = number & (slot.length - 1);
    setRow(
      rows,
      row,
      slot[at] as number,
      startMicros[at] as number,
      endMicros[at] as number,
      route[at] as number,
      flags[at] as number,
    );
  }

  /** Forgets what is past its tail or not among the last; all, where the clock was set back: it would lie between what ends from now on. */
  #forget(nowMicros: number, kept: number): void {
    const { endMicros } = this.#ring;
    const lastMicros = endMicros[(this.#next - 1) & (endMicros.length - 1)] ?? 0;
    const isAhead = this.#next > this.#first && lastMicros > nowMicros + CLOCK_SLACK_MICROS;
    const inTail = firstEndedAt(this.#ended(), nowMicros - TAIL_MICROS);
    this.#first = isAhead ? this.#next : Math.max(inTail, this.#next - kept);
    const capacity = this.#ring.slot.length;
    // The server has calmed down.
    if (capacity > FIRST_CAPACITY && this.#next - this.#first < capacity / 8) this.#resize(capacity / 2);
  }

  #makeRoom(): void {
    const capacity = this.#ring.slot.length;
    if (capacity < MAX_CAPACITY) this.#resize(2 * capacity);
    else this.#first++;
  }

  #resize(capacity: number): void {
    const rows = requestRows(capacity);
    for (let number = this.#first; number < this.#next; number++) this.#copy(number, rows, number & (capacity - 1));
    const old = this.#ring;
    this.#ring = rows;
    release(old);
  }
}

/** Gives memory back at once: arrays that have grown old are found by full garbage collections only, minutes apart. */
function release({ slot, startMicros, endMicros, route, flags }: RequestRows): void {
  const transfer = [slot, startMicros, endMicros, route, flags].map(({ buffer }) => buffer);
  transferOnly?.(null, { transfer });
}
