/** Opens a number of connections to one server, runs a load over them and closes them. */

import { Connection } from './connection.ts';

/**
 * @param drive starts the load and calls `done` once it has finished; an error of any connection fails the whole load
 * @returns what `done` was called with
 */
export async function withConnections<T>(
  port: number,
  count: number,
  drive: (connections: readonly Connection[], done: (result: T) => void) => void,
): Promise<T> {
  const { promise, resolve, reject } = settleable<T>();
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(port, reject)));
  try {
    drive(connections, resolve);
    return await promise;
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Promise.withResolvers, which Node.js 20 lacks. */
function settleable<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // An error may arrive before anyone awaits; whoever awaits later still gets it.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
