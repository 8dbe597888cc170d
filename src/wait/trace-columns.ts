/** Puts what traced requests waited for into the columns of a batch. Plain loops: it runs at a rotation, cold, with the host waiting. */

import type { Operation } from './trace.ts';
import type { TraceBatch } from './trace-batch.ts';

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

export function traceColumns(ended: readonly EndedTrace[]): Pick<TraceBatch, 'requests' | 'operations'> {
  let count = 0;
  for (const request of ended) count += request.operations.length;
  const requests = {
    slot: new Int32Array(ended.length),
    startMicros: new Float64Array(ended.length),
    endMicros: new Float64Array(ended.length),
    route: new Uint16Array(ended.length),
    flags: new Uint8Array(ended.length),
    operations: new Int32Array(ended.length),
  };
  const operations = {
    startMicros: new Float64Array(count),
    endMicros: new Float64Array(count),
    doneMicros: new Float64Array(count),
    stack: new Int32Array(count),
    parent: new Int32Array(count),
  };
  let at = 0;
  for (let row = 0; row < ended.length; row++) {
    const request = ended[row] as EndedTrace;
    requests.slot[row] = request.slot;
    requests.startMicros[row] = request.startMicros;
    requests.endMicros[row] = request.endMicros;
    requests.route[row] = request.route;
    requests.flags[row] = request.flags;
    requests.operations[row] = request.operations.length;
    const places = placesOf(request.operations);
    for (const operation of request.operations) {
      operations.startMicros[at] = operation.startMicros;
      operations.endMicros[at] = operation.endMicros;
      operations.doneMicros[at] = operation.doneMicros;
      operations.stack[at] = operation.stack;
      operations.parent[at] = (operation.parent && places?.get(operation.parent)) ?? -1;
      at++;
    }
  }
  return { requests, operations };
}

/** @returns the place of each operation, undefined where none has a parent. */
function placesOf(operations: readonly Operation[]): ReadonlyMap<Operation, number> | undefined {
  if (!operations.some(({ parent }) => parent)) return undefined;
  return new Map(operations.map((operation, place) => [operation, place]));
}
