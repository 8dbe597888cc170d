/**
 * What the traced requests that have ended waited for, in the columns of a batch. Filled as requests end: objects that are kept until the next rotation
 * survive garbage collections of the host, and putting thousands into columns at a rotation is a stall.
 */

import type { Operation } from './trace.ts';
import type { TraceBatch } from './trace-batch.ts';

type Columns = Pick<TraceBatch, 'requests' | 'operations'>;
type Column = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A traced request that has ended. */
export interface EndedTrace {
  readonly slot: number;
  readonly startMicros: number;
  readonly endMicros: number;
  /** Index in the route table. */
  readonly route: number;
  readonly flags: number;
  readonly operations: readonly Operation[];
}

/** Rows for which there is room at first. */
const FIRST_CAPACITY = 256;

export class TraceLog {
  #requests = requestColumns(FIRST_CAPACITY);
  #operations = operationColumns(FIRST_CAPACITY);
  #requestCount = 0;
  #operationCount = 0;

  add({ slot, startMicros, endMicros, route, flags, operations }: EndedTrace): void {
    const row = this.#requestCount++;
    this.#makeRoom(operations.length);
    const requests = this.#requests;
    requests.slot[row] = slot;
    requests.startMicros[row] = startMicros;
    requests.endMicros[row] = endMicros;
    requests.route[row] = route;
    requests.flags[row] = flags;
    requests.operations[row] = operations.length;
    if (operations.length === 0) return;
    const columns = this.#operations;
    const places = placesOf(operations);
    let at = this.#operationCount;
    for (const operation of operations) {
      columns.startMicros[at] = operation.startMicros;
      columns.endMicros[at] = operation.endMicros;
      columns.doneMicros[at] = operation.doneMicros;
      columns.stack[at] = operation.stack;
      columns.parent[at] = (operation.parent && places?.get(operation.parent)) ?? -1;
      at++;
    }
    this.#operationCount = at;
  }

  /** Takes what was added since the last time. */
  take(): Columns {
    const taken = {
      requests: copied(this.#requests, this.#requestCount, requestColumns(this.#requestCount)),
      operations: copied(this.#operations, this.#operationCount, operationColumns(this.#operationCount)),
    };
    // A burst's room is not kept.
    if (isTooLarge(this.#requests.slot.length, this.#requestCount)) this.#requests = requestColumns(FIRST_CAPACITY);
    if (isTooLarge(this.#operations.stack.length, this.#operationCount))
      this.#operations = operationColumns(FIRST_CAPACITY);
    this.#requestCount = 0;
    this.#operationCount = 0;
    return taken;
  }

  /** For the request that has been counted, and so many operations more. */
  #makeRoom(operations: number): void {
    const { slot } = this.#requests;
    if (this.#requestCount > slot.length)
      this.#requests = copied(this.#requests, slot.length, requestColumns(2 * slot.length));
    const { length } = this.#operations.stack;
    const needed = this.#operationCount + operations;
    if (needed > length)
      this.#operations = copied(this.#operations, this.#operationCount, operationColumns(Math.max(2 * length, needed)));
  }
}

function isTooLarge(capacity: number, rows: number): boolean {
  return capacity > FIRST_CAPACITY && capacity > 4 * rows;
}

function requestColumns(length: number): Columns['requests'] {
  return {
    slot: new Int32Array(length),
    startMicros: new Float64Array(length),
    endMicros: new Float64Array(length),
    route: new Uint16Array(length),
    flags: new Uint8Array(length),
    operations: new Int32Array(length),
  };
}

function operationColumns(length: number): Columns['operations'] {
  return {
    startMicros: new Float64Array(length),
    endMicros: new Float64Array(length),
    doneMicros: new Float64Array(length),
    stack: new Int32Array(length),
    parent: new Int32Array(length),
  };
}

/** @returns `to`, with the first rows of `from`. */
function copied<Table extends object>(from: Table, rows: number, to: Table): Table {
  for (const [name, column] of Object.entries(to) as [keyof Table, Column][])
    column.set((from[name] as Column).subarray(0, rows));
  return to;
}

/** @returns the place of each operation, undefined where none has a parent. */
function placesOf(operations: readonly Operation[]): ReadonlyMap<Operation, number> | undefined {
  if (!operations.some(({ parent }) => parent)) return undefined;
  return new Map(operations.map((operation, place) => [operation, place]));
}
