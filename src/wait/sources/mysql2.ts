/**
 * MySQL and MariaDB through mysql2 2 and 3, with callbacks, promises or as streams: promises are a layer above the callbacks. A query of a pool
 * is one wait from the call on, time in the pool's queue included.
 */

import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inheritedByAll, wrapEmit } from '../../request/wrap-emit.ts';
import type { DriverSeam, DriverSource } from '../driver.ts';
import { sqlLabel } from '../sql-label.ts';
import type { Operation } from '../trace.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

class Mysql2Waits {
  readonly #seam: DriverSeam;
  /** A pool's query is calling the pool for a connection, or the connection with the query: both are part of it. */
  #isOfPool = false;

  constructor(seam: DriverSeam) {
    this.#seam = seam;
  }

  patchConnection(prototype: object | undefined): void {
    for (const name of ['query', 'execute'])
      this.#seam.patchOnce(prototype, name, (original: Method) => this.#queryWithWait(original));
  }

  patchPool(prototype: object | undefined): void {
    for (const name of ['query', 'execute'])
      this.#seam.patchOnce(prototype, name, (original: Method) => this.#poolQueryWithWait(original));
    this.#seam.patchOnce(prototype, 'getConnection', (original: Method) => this.#getConnectionWithWait(original));
  }

  #queryWithWait(original: Method): Method {
    const waits = this;
    const seam = this.#seam;
    const queryWithWait: Method = function queryWithWait(...args) {
      const operation =
        !waits.#isOfPool && seam.isTracing
          ? seam.begin(mysql2Source, queryWithWait, () => labelOf(args[0]))
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
        ? seam.begin(mysql2Source, poolQueryWithWait, () => labelOf(args[0]))
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
        ? seam.begin(mysql2Source, getConnectionWithWait, () => 'getConnection')
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

/** By seam: a pool of one copy uses connections of the same. */
const followed = new WeakMap<DriverSeam, Mysql2Waits>();

export const mysql2Source: DriverSource = {
  name: 'mysql2',
  modules: ['mysql2', 'mysql2/promise'],
  packages: new Set(['mysql2', 'lru.min', 'sqlstring', 'sql-escaper', 'named-placeholders', 'generate-function']),
  patch(_exports, seam, { basedir }) {
    if (basedir === undefined) throw new Error('the folder of mysql2 is unknown');
    const waits = followed.get(seam) ?? new Mysql2Waits(seam);
    followed.set(seam, waits);
    // mysql2/promise exports neither.
    const load = createRequire(join(basedir, 'package.json'));
    waits.patchConnection((load('./lib/connection.js') as { prototype?: object }).prototype);
    waits.patchPool((load('./lib/pool.js') as { prototype?: object }).prototype);
  },
};

/** @param query text, options with a text, or a command. */
function labelOf(query: unknown): string {
  const text = typeof query === 'object' && query !== null ? (query as { sql?: unknown }).sql : query;
  return typeof text === 'string' ? sqlLabel(text, 'mysql') : '(prepared)';
}
