/** The operations that one traced request has started, while it is open. */

/** Of one request; what it starts beyond is counted, and its time is in `(other)`. */
const MAX_OPERATIONS = 10_000;

/** One asynchronous call started inside a request. */
export class Operation {
  /** Infinity while it is only prepared: its stack is known, and it may never start. */
  startMicros: number;
  /** 0 while the operation has not ended. */
  endMicros = 0;
  /** Index in the stack table. */
  readonly stack: number;
  /** The resource whose callback ends it; 0 where a source does. */
  asyncId = 0;
  /** When that callback had run; 0 where it is not known. */
  doneMicros = 0;
  /** The operation in whose callback this one was started. */
  parent: Operation | undefined;
  /** Packages whose work until it ends is part of it; undefined where it is no driver's. */
  readonly packages: ReadonlySet<string> | undefined;

  constructor(startMicros: number, stack: number, packages?: ReadonlySet<string>) {
    this.startMicros = startMicros;
    this.stack = stack;
    this.packages = packages;
  }
}

export class RequestTrace {
  readonly operations: Operation[] = [];
  dropped = 0;
  /** Operations of drivers that had not ended when they were looked at last. */
  #ofDrivers: Operation[] = [];

  add(operation: Operation): boolean {
    if (this.operations.length >= MAX_OPERATIONS) {
      this.dropped++;
      return false;
    }
    this.operations.push(operation);
    if (operation.packages) this.#ofDrivers.push(operation);
    return true;
  }

  /** Whether an operation is open that what a package begins is part of. */
  isWithinDriver(packageName: string): boolean {
    if (this.#ofDrivers.length === 0) return false;
    this.#ofDrivers = this.#ofDrivers.filter(({ endMicros }) => endMicros === 0);
    return this.#ofDrivers.some(({ packages }) => packages?.has(packageName));
  }

  /**
   * What the request waited for. An operation that goes on when the response has ended was not waited for: a timeout that guards
   * another call, a write that nobody awaits. A request that was given up did wait for all of them.
   */
  waited(endMicros: number, isAborted: boolean): Operation[] {
    for (const operation of this.operations)
      if (isAborted && operation.endMicros === 0) operation.endMicros = endMicros;
    return this.operations
      .filter(({ startMicros, endMicros }) => endMicros > 0 && startMicros < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.startMicros - b.startMicros);
  }
}
