/** Collects what happened to requests until the next rotation takes it as one batch. Written for every request: no objects are made. */

import {
  FIRST_CAPACITY,
  FLAG_OPEN,
  type RequestBatch,
  type RequestColumns,
  ROUTE_UNKNOWN,
  requestColumns,
  STATUS_NONE,
} from './request-batch.ts';
import type { RouteTable } from './route-table.ts';
import type { RequestSlot } from './slot.ts';

/** Rotations come early when this many have ended. */
export const FULL_BATCH = 30_000;
/** Past this, requests are counted as dropped: the host's thread is too busy to rotate. */
const MAX_BATCH = 4 * FULL_BATCH;
/** Sets of columns kept for later: one is written, one or two are with the collector. */
const MAX_SPARE = 2;
/** An open request is named by its URL after this long, so that its samples are not held back for good. */
export const UNROUTED_MICROS = 5_000_000;

export class RequestLog {
  readonly #routes: RouteTable;
  #columns: RequestColumns = requestColumns(FIRST_CAPACITY);
  readonly #spare: RequestColumns[] = [];
  #length = 0;
  #dropped = 0;

  constructor(routes: RouteTable) {
    this.#routes = routes;
  }

  get size(): number {
    return this.#length;
  }

  /** Requests that ended while the log was full: they are missing from every figure. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param route index in the route table, or ROUTE_UNKNOWN. */
  add(slot: RequestSlot, endMicros: number, route: number, status: number, flags: number): void {
    const at = this.#length;
    if (at === this.#columns.slot.length && !this.#grow()) {
      this.#dropped++;
      return;
    }
    const columns = this.#columns;
    columns.slot[at] = slot.id;
    columns.startMicros[at] = slot.startMicros;
    columns.endMicros[at] = endMicros;
    columns.route[at] = route;
    columns.status[at] = status;
    columns.flags[at] = flags;
    this.#length = at + 1;
  }

  /**
   * Takes all that ended, and the open requests as they stand.
   * @param fallback names an open request that no framework has routed for `patienceMicros`.
   */
  take(
    open: readonly RequestSlot[],
    nowMicros: number,
    fallback: (slot: RequestSlot) => number,
    patienceMicros: number = UNROUTED_MICROS,
  ): Omit<RequestBatch, 'slow'> {
    const dropped = this.#dropped;
    for (const slot of open) {
      let route = ROUTE_UNKNOWN;
      if (slot.pattern !== '') route = this.#routes.indexOf(slot.method, slot.pattern);
      else if (nowMicros - slot.startMicros >= patienceMicros) route = fallback(slot);
      this.add(slot, nowMicros, route, STATUS_NONE, slot.flags | FLAG_OPEN);
    }
    // An open request that found no room is not lost: it will end.
    this.#dropped = dropped;
    const batch = { ...this.#columns, length: this.#length, newRoutes: this.#routes.takeFresh() };
    const wanted = Math.max(FIRST_CAPACITY, Math.min(this.#columns.slot.length, 2 * this.#length));
    this.#columns = this.#spareOf(wanted) ?? requestColumns(wanted);
    this.#length = 0;
    return batch;
  }

  /** Takes back the columns of a batch that is done with. */
  reuse(columns: RequestColumns): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(columns);
  }

  /** A spare set that is large enough; all are dropped when they are far too large: the server has calmed down. */
  #spareOf(capacity: number): RequestColumns | undefined {
    const spare = this.#spare.pop();
    if (spare && spare.slot.length >= capacity && spare.slot.length <= 4 * capacity) return spare;
    this.#spare.length = 0;
    return undefined;
  }

  #grow(): boolean {
    const capacity = this.#columns.slot.length;
    if (capacity >= MAX_BATCH) return false;
    const larger = requestColumns(2 * capacity);
    larger.slot.set(this.#columns.slot);
    larger.startMicros.set(this.#columns.startMicros);
    larger.endMicros.set(this.#columns.endMicros);
    larger.route.set(this.#columns.route);
    larger.status.set(this.#columns.status);
    larger.flags.set(this.#columns.flags);
    this.#columns = larger;
    return true;
  }
}
