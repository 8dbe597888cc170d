/** The operations that one traced request has started, while it is open. */

/** Of one request; what it starts beyond is counted, and its time is in `(other)`. */
const MAX_OPERATIONS = 10_000;

/** One asynchronous call started inside a request. */
export class Operation {
  readonly startMicros: number;
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

  constructor(startMicros: number, stack: number) {
    this.startMicros = startMicros;
    this.stack = stack;
  }
}

export class RequestTrace {
  readonly operations: Operation[] = [];
  dropped = 0;

  add(operation: Operation): boolean {
    if (this.operations.length >= MAX_OPERATIONS) {
      this.dropped++;
      return false;
    }
    this.operations.push(operation);
    return true;
  }

  /**
   * What the request waited for. An operation that goes on when the response has ended was not waited for: a timeout that guards
   * another call, a write that nobody awaits. A request that was given up did wait for all of them.
   */
  waited(endMicros: number, isAborted: boolean): Operation[] {
    for (const operation of this.operations)
      if (isAborted && operation.endMicros === 0) operation.endMicros = endMicros;
    return this.operations.filter((operation) => operation.endMicros > 0);
  }
}
