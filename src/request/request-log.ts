/** Collects what happened to requests until the next rotation takes it as one batch. */

import { FLAG_OPEN, type RequestBatch, STATUS_NONE } from './request-batch.ts';
import type { RouteTable } from './route-table.ts';
import type { RequestSlot } from './slot.ts';

/** Rotations come early when this many have ended; past twice as many, requests are counted but not kept. */
export const FULL_BATCH = 20_000;

type Columns = { -readonly [Name in Exclude<keyof RequestBatch, 'newRoutes'>]: number[] };

export class RequestLog {
  readonly #routes: RouteTable;
  #columns = emptyColumns();
  #dropped = 0;

  constructor(routes: RouteTable) {
    this.#routes = routes;
  }

  get size(): number {
    return this.#columns.slot.length;
  }

  /** Requests that ended while the log was full: they are missing from every figure. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param route index in the route table, -1 while unknown. */
  add(slot: RequestSlot, endMicros: number, route: number, status: number, flags: number): void {
    if (this.size >= 2 * FULL_BATCH) {
      this.#dropped++;
      return;
    }
    const columns = this.#columns;
    columns.slot.push(slot.id);
    columns.startMicros.push(slot.startMicros);
    columns.endMicros.push(endMicros);
    columns.route.push(route);
    columns.status.push(status);
    columns.flags.push(flags);
  }

  /** Takes all that ended, and the open requests as they stand. */
  take(open: readonly RequestSlot[], nowMicros: number): RequestBatch {
    for (const slot of open) {
      const route = slot.pattern === '' ? -1 : this.#routes.indexOf(slot.method, slot.pattern);
      this.add(slot, nowMicros, route, STATUS_NONE, slot.flags | FLAG_OPEN);
    }
    const columns = this.#columns;
    this.#columns = emptyColumns();
    return { ...columns, newRoutes: this.#routes.takeFresh() };
  }
}

function emptyColumns(): Columns {
  return { slot: [], startMicros: [], endMicros: [], route: [], status: [], flags: [] };
}
