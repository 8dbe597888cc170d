/**
 * PostgreSQL through postgres 3 (postgres.js): a query is one wait from the moment in which it is awaited or executed until it is settled, time
 * in the queue and connecting included; or until its first row where rows are asked for one by one, and of a cursor each batch that is iterated to.
 */

import type { DriverFunction, DriverSeam, DriverSource } from '../driver.ts';
import { sqlLabel } from '../sql-label.ts';
import type { Operation } from '../trace.ts';

type Method<This> = (this: This, ...args: unknown[]) => unknown;

/** A promise that does nothing before `handle` is called, by its `then` and other ways to execute it. */
interface Query {
  /** Pieces of the text, between which values are. None, where it is read from a file. */
  readonly strings: readonly string[];
  readonly executed: boolean;
  resolve: DriverFunction;
  reject: DriverFunction;
  /** Gets rows one by one. */
  forEachFn?: DriverFunction;
  /** Gets a batch; set anew for each by iterators. */
  cursorFn?: DriverFunction;
}

/** What a query's constructor sets to false, after the text. */
const FIRST_SET = 'executed';

type Postgres = (options: object) => (strings: TemplateStringsArray) => object;

class PostgresWaits {
  readonly #seam: DriverSeam;
  readonly #prepared = new WeakMap<Query, Operation>();
  readonly #followed = new WeakSet<DriverFunction>();

  constructor(seam: DriverSeam) {
    this.#seam = seam;
  }

  patchQuery(prototype: object): void {
    this.#watchConstructor(prototype);
    const waits = this;
    const seam = this.#seam;
    seam.patchOnce(prototype, 'handle', (original: Method<Query>) => {
      const handleWithWait: Method<Query> = function handleWithWait(...args) {
        if (!this.executed || waits.#isNextBatch(this)) {
          const operation = waits.#startPrepared(this) ?? waits.#begin(this, handleWithWait);
          seam.run(postgresSource, () => waits.#follow(this, operation));
        }
        return Reflect.apply(original, this, args);
      };
      return handleWithWait;
    });
  }

  /**
   * Who asks is on the stack when a query is made, no longer when `await` executes it. The class has no method that its constructor calls, but
   * the constructor sets properties, each of which is looked for on the prototype first.
   */
  #watchConstructor(prototype: object): void {
    if (Object.hasOwn(prototype, FIRST_SET)) return;
    const waits = this;
    Object.defineProperty(prototype, FIRST_SET, {
      configurable: true,
      set: function prepareWait(this: Query, value: unknown) {
        Object.defineProperty(this, FIRST_SET, { value, writable: true, enumerable: true, configurable: true });
        const operation = waits.#begin(this, prepareWait);
        if (!operation) return;
        waits.#seam.prepare(operation);
        waits.#prepared.set(this, operation);
      },
    });
  }

  #begin(query: Query, below: DriverFunction): Operation | undefined {
    return this.#seam.isTracing ? this.#seam.begin(postgresSource, below, () => labelOf(query)) : undefined;
  }

  #startPrepared(query: Query): Operation | undefined {
    const operation = this.#prepared.get(query);
    this.#prepared.delete(query);
    if (operation) this.#seam.startPrepared(operation);
    return operation;
  }

  #isNextBatch({ cursorFn }: Query): boolean {
    return cursorFn !== undefined && !this.#followed.has(cursorFn);
  }

  /** What it calls it calls from a connection that others have opened. */
  #follow(query: Query, operation: Operation | undefined): void {
    const seam = this.#seam;
    const called = (callback: DriverFunction): DriverFunction =>
      operation ? seam.endingCallback(operation, callback) : seam.bind(callback);
    const { forEachFn, cursorFn } = query;
    if (forEachFn) query.forEachFn = called(forEachFn);
    if (cursorFn) {
      query.cursorFn = called(cursorFn);
      this.#followed.add(query.cursorFn);
    }
    if (!operation) return;
    for (const name of ['resolve', 'reject'] as const) {
      const settle = query[name];
      query[name] = function settleWithEnd(this: never, ...args: never[]) {
        seam.end(operation);
        return Reflect.apply(settle, this, args);
      };
    }
  }
}

export const postgresSource: DriverSource = {
  name: 'postgres',
  modules: ['postgres'],
  packages: new Set(['postgres']),
  patch(exports, seam) {
    // The class is not exported. A client connects with its first query; this one never does.
    const query = (exports as Postgres)({ max: 1 })`SELECT 1`;
    new PostgresWaits(seam).patchQuery(Object.getPrototypeOf(query) as object);
  },
};

function labelOf({ strings }: Query): string {
  const text = strings.reduce((before, after, at) => `${before}$${at}${after}`, '');
  return strings.length === 0 ? 'file' : sqlLabel(text.slice(2), 'postgresql');
}
