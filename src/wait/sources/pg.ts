/**
 * PostgreSQL through pg 8, its pool and its cursors. A query is one wait from the application's call until it is ready, time in the pool's and
 * the client's queues included. Its end is seen where the driver handles it: neither promises nor callbacks are touched.
 */

import type { DriverSeam, DriverSource } from '../driver.ts';
import { sqlLabel } from '../sql-label.ts';
import type { Operation } from '../trace.ts';

interface Client {
  /** The query that has just been added is the last. */
  readonly _queryQueue?: readonly object[];
  /** Its name in old versions; new ones warn of it. */
  readonly queryQueue?: readonly object[];
}

interface Cursor {
  readonly text?: unknown;
}

type Method<This> = (this: This, ...args: unknown[]) => unknown;
type Callback = (this: unknown, ...args: unknown[]) => unknown;

type QueryClass = (abstract new () => object) & { readonly prototype: object };

interface PgExports {
  readonly Client?: { readonly prototype: object; readonly Query?: QueryClass };
  readonly Pool?: { readonly prototype: object };
}

class PgWaits {
  readonly #seam: DriverSeam;
  readonly #operations = new WeakMap<object, Operation>();
  /** Of a call of a client's query that has not yet made its query. */
  #queued: Operation | undefined;
  /** Of a call of a pool's query that has not yet asked for a client, and of one that has got it; null where it is not traced. */
  #connecting: Operation | null | undefined;
  #connected: Operation | null | undefined;

  constructor(seam: DriverSeam) {
    this.#seam = seam;
  }

  patchClient({ Client }: PgExports): void {
    const Query = Client?.Query;
    const end = (original: Method<object>): Method<object> => this.#handleWithEnd(original);
    // Ends first: what has no end must not begin.
    this.#seam.patchOnce(Query?.prototype, 'handleReadyForQuery', end);
    this.#seam.patchOnce(Query?.prototype, 'handleError', end);
    this.#seam.patchOnce(Client?.prototype, '_pulseQueryQueue', (original: Method<Client>) =>
      this.#pulseWithQuery(original),
    );
    // Cursors and streams are submitted, too, and wait when they are read.
    const isOther = (config: unknown): boolean => isSubmittable(config) && !(Query && config instanceof Query);
    this.#seam.patchOnce(Client?.prototype, 'query', (original: Method<Client>) =>
      this.#queryWithWait(original, isOther),
    );
  }

  patchPool(pool: { readonly prototype: object } | undefined): void {
    this.#seam.patchOnce(pool?.prototype, 'query', (original: Method<object>) => this.#poolQueryWithWait(original));
    this.#seam.patchOnce(pool?.prototype, 'connect', (original: Method<object>) => this.#connectWithWait(original));
  }

  patchCursor(cursor: { readonly prototype: object }): void {
    const seam = this.#seam;
    seam.patchOnce(cursor.prototype, 'read', (original: Method<Cursor>) => {
      const readWithWait: Method<Cursor> = function readWithWait(...args) {
        const operation = seam.isTracing ? seam.begin(pgSource, readWithWait, () => labelOf(this)) : undefined;
        return seam.callEnding(operation, original, this, args, 1);
      };
      return readWithWait;
    });
  }

  #handleWithEnd(original: Method<object>): Method<object> {
    const waits = this;
    return function handleWithEnd(...args) {
      const operation = waits.#operations.get(this);
      if (operation) waits.#seam.end(operation);
      return Reflect.apply(original, this, args);
    };
  }

  #pulseWithQuery(original: Method<Client>): Method<Client> {
    const waits = this;
    return function pulseWithQuery(...args) {
      const operation = waits.#queued;
      const query = operation && (this._queryQueue ?? this.queryQueue)?.at(-1);
      if (query) {
        waits.#queued = undefined;
        waits.#operations.set(query, operation);
      }
      return Reflect.apply(original, this, args);
    };
  }

  #queryWithWait(original: Method<Client>, isOther: (config: unknown) => boolean): Method<Client> {
    const waits = this;
    const seam = this.#seam;
    const queryWithWait: Method<Client> = function queryWithWait(...args) {
      const ofPool = waits.#connected;
      waits.#connected = undefined;
      // The pool's callback calls the application's, which is bound.
      if (ofPool === null) return Reflect.apply(original, this, args);
      if (!ofPool && !seam.isTracing) return Reflect.apply(original, this, seam.withCallback(args, undefined));
      const own = ofPool || isOther(args[0]) ? undefined : seam.begin(pgSource, queryWithWait, () => labelOf(args[0]));
      const operation = ofPool ?? own;
      const callArgs = ofPool ? args : seam.withCallback(args, own);
      if (!operation) return Reflect.apply(original, this, callArgs);
      waits.#queued = operation;
      try {
        return Reflect.apply(original, this, callArgs);
      } finally {
        // The client is closed, or the query is none.
        if (waits.#queued === operation) seam.end(operation);
        waits.#queued = undefined;
      }
    };
    return queryWithWait;
  }

  #poolQueryWithWait(original: Method<object>): Method<object> {
    const waits = this;
    const seam = this.#seam;
    const poolQueryWithWait: Method<object> = function poolQueryWithWait(...args) {
      if (!seam.follower) return Reflect.apply(original, this, args);
      const operation = seam.isTracing ? seam.begin(pgSource, poolQueryWithWait, () => labelOf(args[0])) : undefined;
      const callArgs = seam.withCallback(args, operation);
      waits.#connecting = operation ?? null;
      try {
        return Reflect.apply(original, this, callArgs);
      } finally {
        waits.#connecting = undefined;
      }
    };
    return poolQueryWithWait;
  }

  #connectWithWait(original: Method<object>): Method<object> {
    const waits = this;
    const seam = this.#seam;
    const connectWithWait: Method<object> = function connectWithWait(...args) {
      const ofQuery = waits.#connecting;
      waits.#connecting = undefined;
      if (ofQuery !== undefined && typeof args[0] === 'function')
        return Reflect.apply(original, this, [waits.#handOver(ofQuery, args[0] as Callback), ...args.slice(1)]);
      const operation = seam.isTracing ? seam.begin(pgSource, connectWithWait, () => 'connect') : undefined;
      return seam.callEnding(operation, original, this, args, 0);
    };
    return connectWithWait;
  }

  /** The pool's own callback, which calls the client's query before anything else. */
  #handOver(operation: Operation | null, callback: Callback): Callback {
    const waits = this;
    return this.#seam.bind(function callbackWithQuery(this: unknown, ...args: unknown[]): unknown {
      if (!args[0]) waits.#connected = operation;
      else if (operation) waits.#seam.end(operation);
      try {
        return Reflect.apply(callback, this, args);
      } finally {
        waits.#connected = undefined;
      }
    });
  }
}

/** By seam: a pool of one package uses the client of another. */
const followed = new WeakMap<DriverSeam, PgWaits>();

export const pgSource: DriverSource = {
  name: 'pg',
  modules: ['pg', 'pg-pool', 'pg-cursor'],
  packages: new Set(['pg', 'pg-pool', 'pg-cursor', 'pg-query-stream', 'pg-protocol', 'pgpass']),
  patch(exports, seam, module) {
    const waits = followed.get(seam) ?? new PgWaits(seam);
    followed.set(seam, waits);
    if (module.name === 'pg-pool') waits.patchPool(exports as { prototype: object });
    else if (module.name === 'pg-cursor') waits.patchCursor(exports as { prototype: object });
    else {
      waits.patchClient(exports as PgExports);
      waits.patchPool((exports as PgExports).Pool);
    }
  },
};

/** @param query text, an object with a text, or a query. */
function labelOf(query: unknown): string {
  const text = typeof query === 'object' && query !== null ? (query as { text?: unknown }).text : query;
  return typeof text === 'string' ? sqlLabel(text, 'postgresql') : '(prepared)';
}

function isSubmittable(query: unknown): query is object {
  return typeof query === 'object' && query !== null && 'submit' in query && typeof query.submit === 'function';
}
