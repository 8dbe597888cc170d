/**
 * What mysql and mysql2, which descends from it, have in common: connections and pools whose queries take callbacks or are read as streams of
 * events. A query of a pool is one wait from the call on, time in the pool's queue included.
 */

import { EventEmitter } from 'node:events';
import { inheritedByAll, wrapEmit } from '../request/wrap-emit.ts';
import type { DriverSeam, DriverSource } from './driver.ts';
import { sqlLabel } from './sql-label.ts';
import type { Operation } from './trace.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

export class MysqlWaits {
  readonly #driver: DriverSource;
  readonly #seam: DriverSeam;
  /** A pool's query is calling the pool for a connection, or the connection with the query: both are part of it. */
  #isOfPool = false;

  constructor(driver: DriverSource, seam: DriverSeam) {
    this.#driver = driver;
    this.#seam = seam;
  }

  /** @param queries names of the methods that query. */
  patchConnection(prototype: object | undefined, queries: readonly string[]): void {
    for (const name of queries)
      this.#seam.patchOnce(prototype, name, (original: Method) => this.#queryWithWait(original));
  }

  patchPool(prototype: object | undefined, queries: readonly string[]): void {
    for (const name of queries)
      this.#seam.patchOnce(prototype, name, (original: Method) => this.#poolQueryWithWait(original));
    this.#seam.patchOnce(prototype, 'getConnection', (original: Method) => this.#getConnectionWithWait(original));
  }

  #queryWithWait(original: Method): Method {
    const waits = this;
    const seam = this.#seam;
    const queryWithWait: Method = function queryWithWait(...args) {
      const operation =
        !waits.#isOfPool && seam.isTracing
          ? seam.begin(waits.#driver, queryWithWait, () => labelOf(args[0]))
          : undefined;
      return operation
        ? waits.#callEnding(operation, original, this, args)
        : Reflect.apply(original, this, seam.withCallback(args, undefined));
    };
    return queryWithWait;
  }

  #poolQueryWithWait(original: Method): Method {
    const waits = this;
    const seam = this.#seam;
    const poolQueryWithWait: Method = function poolQueryWithWait(...args) {
      const operation = seam.isTracing
        ? seam.begin(waits.#driver, poolQueryWithWait, () => labelOf(args[0]))
        : undefined;
      if (!operation) return Reflect.apply(original, this, seam.withCallback(args, undefined));
      return waits.#asOfPool(() => waits.#callEnding(operation, original, this, args));
    };
    return poolQueryWithWait;
  }

  #getConnectionWithWait(original: Method): Method {
    const waits = this;
    const seam = this.#seam;
    const getConnectionWithWait: Method = function getConnectionWithWait(...args) {
      const [callback] = args;
      if (typeof callback !== 'function') return Reflect.apply(original, this, args);
      if (waits.#isOfPool) {
        const callbackOfPool: Method = function callbackOfPool(...results) {
          // With an error the pool calls the application.
          return results[0]
            ? Reflect.apply(callback, this, results)
            : waits.#asOfPool(() => Reflect.apply(callback, this, results));
        };
        return Reflect.apply(original, this, [callbackOfPool, ...args.slice(1)]);
      }
      const operation = seam.isTracing
        ? seam.begin(waits.#driver, getConnectionWithWait, () => 'getConnection')
        : undefined;
      return seam.callEnding(operation, original, this, args, 0);
    };
    return getConnectionWithWait;
  }

  /** The application's callback stands last or second to last, or in the command that the application has made. */
  #callEnding(operation: Operation, original: Method, self: unknown, args: unknown[]): unknown {
    const at = args.findIndex((argument) => typeof argument === 'function');
    if (at >= 0) return this.#seam.callEnding(operation, original, self, args, at);
    const command = Reflect.apply(original, self, args);
    if (command instanceof EventEmitter) this.#endWith(command, operation);
    return command;
  }

  /** A command that is read as a stream of events has ended when it says so. */
  #endWith(command: EventEmitter, operation: Operation): void {
    const seam = this.#seam;
    wrapEmit(
      command,
      (original) =>
        function emitWithEnd(...args) {
          if (args[0] === 'end' || args[0] === 'error') seam.end(operation);
          return Reflect.apply(original ?? inheritedByAll.emit, this, args);
        },
    );
  }

  #asOfPool<Result>(body: () => Result): Result {
    const before = this.#isOfPool;
    this.#isOfPool = true;
    try {
      return body();
    } finally {
      this.#isOfPool = before;
    }
  }
}

/** @param query text, options with a text, or a command. */
function labelOf(query: unknown): string {
  const text = typeof query === 'object' && query !== null ? (query as { sql?: unknown }).sql : query;
  return typeof text === 'string' ? sqlLabel(text, 'mysql') : '(prepared)';
}
