/**
 * Records the operations of traced requests on the host's thread. Sources tell it when an operation begins and ends; it takes the
 * stack, and hands over what a request waited for when the request has ended.
 */

import { executionAsyncId } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import { epochMicros } from '../clock.ts';
import { packageOf } from '../profile/package-of.ts';
import { TraceBudget } from './budget.ts';
import { captureStack } from './call-stack.ts';
import { type LogicalStack, logicalStack } from './logical-stack.ts';
import type { StackTable } from './stack-table.ts';
import { Operation, RequestTrace } from './trace.ts';
import type { TraceBatch } from './trace-batch.ts';
import { TraceLog } from './trace-log.ts';

/** Operations handed over at a rotation; requests past this are not traced until the next. */
const MAX_PENDING = 100_000;

/** What the traced requests that are open need to be told of: operations that begin, and callbacks of those that have. */
export type Attention = 'none' | 'operations' | 'callbacks';

/** Below Node.js 24 hooks hear of every promise, by another way. */
const HEARS_PROMISES = Number.parseInt(process.versions.node, 10) < 24;
/**
 * What hooks cost while they are on: so much for each event that they are told of, in microseconds, on a slow machine; at most so large a share of the CPU time, which is what servers pay that do
 * next to nothing for a request (docs/adr/0011).
 */
const BEGIN_MICROS = HEARS_PROMISES ? 0.2 : 0.06;
const CALL_MICROS = 0.2;
const MOST_SHARE: Record<Attention, number> = HEARS_PROMISES
  ? { none: 0, operations: 0.1, callbacks: 0.15 }
  : { none: 0, operations: 0.015, callbacks: 0.08 };
/** What switching hooks costs besides the time that it takes: functions that Node.js runs for every callback go another way afterwards. */
const SWITCH_MICROS = 30;
/** What one piece of our own work costs at most: when it took longer, the thread had lost its core. */
const MOST_MICROS = 2000;

/** A request, as the log of requests knows it. */
export interface TracedRequest {
  readonly id: number;
  readonly startMicros: number;
  readonly exchange: {
    readonly trace: RequestTrace | undefined;
    /** Its response, stream or socket. */
    readonly endsOn: object | undefined;
  };
}

export interface TracerOptions {
  /** Whether only as many requests are traced as the budget allows. */
  readonly isLimited: boolean;
  /** Folder of the profiler's own code, as stacks show it. */
  readonly ownDirectory: string;
  /** Where operations' stacks get their numbers. */
  readonly stacks: StackTable;
  /** The request in whose context this runs. */
  readonly current: () => TracedRequest | undefined;
}

export interface BeginOptions {
  /** Of a driver whose work until the end of the operation is part of it. */
  readonly packages?: ReadonlySet<string> | undefined;
}

/** Says what an operation is from its stack; null: it is none. */
export type Describe = (stack: LogicalStack) => { readonly label: string; readonly stack: LogicalStack } | null;

export class WaitTracer {
  readonly #options: TracerOptions;
  readonly #budget: TraceBudget;
  /** By the resource whose callback ends them; of open requests only. */
  readonly #awaited = new Map<number, Operation>();
  /** The operation whose callback runs, and what the callback runs in. */
  #running: { readonly asyncId: number; readonly operation: Operation } | undefined;
  readonly #log = new TraceLog();
  #pending = 0;
  #dropped = 0;
  #open = 0;
  /** CPU time of the process when hooks were paid for last, and what they were told since: of resources, and of callbacks. */
  #paidMicros = 0;
  #begun = 0;
  #calls = 0;
  #attention: Attention = 'none';
  #watchers: readonly ((attention: Attention) => void)[] = [];
  readonly #bodyWatchers: ((body: Readable) => void)[] = [];

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#budget = new TraceBudget(options.isLimited, { nowMicros: epochMicros, cpuMicros });
  }

  /** @returns where the operations of a new request go, undefined where it is not traced. */
  start(method: string, url: string): RequestTrace | undefined {
    if (this.#pending >= MAX_PENDING || !this.#budget.admits(method, url)) return undefined;
    if (this.#open++ === 0) this.#attend('operations');
    return new RequestTrace();
  }

  /**
   * Tells what is to be told from now on, whenever that changes: all else costs the host for nothing.
   * @returns what ends that: operations of requests that a recording's end left open may still come to theirs
   */
  watch(watcher: (attention: Attention) => void): () => void {
    this.#watchers = [...this.#watchers, watcher];
    return () => {
      this.#watchers = this.#watchers.filter((known) => known !== watcher);
    };
  }

  /** Tells of what the application may read as the body of a traced request, where there is no class to patch: HTTP/2's streams and what stands for them. */
  watchBodies(watcher: (body: Readable) => void): void {
    this.#bodyWatchers.push(watcher);
  }

  /** A traced request has such a body. */
  body(body: Readable): void {
    for (const watch of this.#bodyWatchers) watch(body);
  }

  /** Hooks were told of a resource. */
  heard(): void {
    this.#begun++;
  }

  /** Whether the current request is traced: nothing is to be done for an operation of another. */
  get isTracing(): boolean {
    if (this.#open === 0) return false;
    const exchange = this.#options.current()?.exchange;
    // When the response has been handed over, nothing is waited for that its client could notice.
    return exchange?.trace !== undefined && (exchange.endsOn as { writableEnded?: boolean }).writableEnded !== true;
  }

  /**
   * An operation begins in the current request.
   * @param below the caller's own function: its frame and those above it are left out of the stack.
   */
  begin(
    below: (...args: never[]) => unknown,
    describe: Describe,
    { packages }: BeginOptions = {},
  ): Operation | undefined {
    const trace = this.#options.current()?.exchange.trace;
    if (!trace) return undefined;
    const startMicros = epochMicros();
    const described = describe(logicalStack(captureStack(below), this.#isOwn));
    let operation: Operation | undefined;
    if (described) {
      const { label, stack } = described;
      operation = new Operation(
        startMicros,
        this.#options.stacks.indexOf({ label, frames: stack.frames, isRooted: stack.isRooted }),
        packages,
      );
      operation.parent = this.running;
      if (!trace.add(operation)) operation = undefined;
    }
    this.#spendSince(startMicros);
    return operation;
  }

  /** Whether a driver begins it as a part of its operation that the current request waits for already. */
  isWithinDriver({ frames }: LogicalStack): boolean {
    const packageName = frames[0] && packageOf(frames[0].file);
    if (packageName === undefined) return false;
    return this.#options.current()?.exchange.trace?.isWithinDriver(packageName) ?? false;
  }

  /** The operation whose callback runs now. */
  get running(): Operation | undefined {
    return this.#running?.asyncId === executionAsyncId() ? this.#running.operation : undefined;
  }

  /** An operation begins that another one has started inside of Node.js, such as the read after an open. */
  continue(previous: Operation): Operation | undefined {
    const trace = this.#options.current()?.exchange.trace;
    if (!trace) return undefined;
    const operation = new Operation(epochMicros(), previous.stack);
    operation.parent = previous.parent;
    return trace.add(operation) ? operation : undefined;
  }

  /** The operation that has just begun is only prepared. */
  prepare(operation: Operation): void {
    operation.startMicros = Number.POSITIVE_INFINITY;
  }

  /** An operation that was prepared starts. */
  startPrepared(operation: Operation): void {
    operation.startMicros = epochMicros();
  }

  end(operation: Operation): void {
    if (operation.endMicros === 0) operation.endMicros = epochMicros();
  }

  /** The operation ends when the callbacks of a resource begin. */
  endWith(operation: Operation, asyncId: number): void {
    operation.asyncId = asyncId;
    this.#awaitCallbacks();
    this.#awaited.set(asyncId, operation);
  }

  /** The callbacks of a resource begin: the operation that waits for them has ended. */
  called(asyncId: number): void {
    this.#calls++;
    if (this.#awaited.size === 0) return;
    const operation = this.#awaited.get(asyncId);
    if (!operation) return;
    this.#awaited.delete(asyncId);
    this.enter(operation, asyncId);
  }

  /** The operation ends, and what runs from now on is its callback. @param asyncId of the resource that the callback runs in. */
  enter(operation: Operation, asyncId: number = executionAsyncId()): void {
    this.end(operation);
    this.#awaitCallbacks();
    this.#running = { asyncId, operation };
  }

  /** The callbacks that run in a resource have returned. */
  returned(asyncId: number): void {
    this.#calls++;
    if (this.#running?.asyncId !== asyncId) return;
    this.#running.operation.doneMicros = epochMicros();
    this.#running = undefined;
  }

  /** A request has ended. */
  close(request: TracedRequest, endMicros: number, route: number, flags: number, isAborted: boolean): void {
    const { trace } = request.exchange;
    if (!trace) return;
    if (--this.#open === 0) this.#attend('none');
    for (const { asyncId, endMicros: ended } of trace.operations) if (ended === 0) this.#awaited.delete(asyncId);
    const operations = trace.waited(endMicros, isAborted);
    this.#dropped += trace.dropped;
    this.#pending += operations.length + 1;
    this.#log.add({ slot: request.id, startMicros: request.startMicros, endMicros, route, flags, operations });
  }

  take(): TraceBatch {
    this.#payForHooks();
    const costMicros = this.#budget.take();
    const batch: TraceBatch = {
      ...this.#log.take(),
      stacks: this.#options.stacks.takeFresh(),
      dropped: this.#dropped,
      costMicros,
      share: this.#budget.share,
    };
    this.#pending = 0;
    this.#dropped = 0;
    return batch;
  }

  /** Most requests have no operation that ends with a callback. */
  #awaitCallbacks(): void {
    if (this.#attention === 'operations') this.#attend('callbacks');
  }

  #attend(attention: Attention): void {
    const startMicros = epochMicros();
    this.#payForHooks();
    this.#attention = attention;
    for (const watch of this.#watchers) watch(attention);
    this.#spendSince(startMicros);
    this.#budget.spend(SWITCH_MICROS);
  }

  #spendSince(startMicros: number): void {
    this.#budget.spend(Math.min(MOST_MICROS, epochMicros() - startMicros));
  }

  #payForHooks(): void {
    const nowMicros = cpuMicros();
    const mostMicros = MOST_SHARE[this.#attention] * (nowMicros - this.#paidMicros);
    this.#budget.spend(Math.min(mostMicros, this.#begun * BEGIN_MICROS + this.#calls * CALL_MICROS));
    this.#paidMicros = nowMicros;
    this.#begun = 0;
    this.#calls = 0;
  }

  readonly #isOwn = (script: string): boolean => script.startsWith(this.#options.ownDirectory);
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
