/**
 * The life of a request on the host's thread: begin, run in its context, end with a route. Everything here runs for every request,
 * so it makes as few objects as it can, and its callers guard it.
 */

import type { IncomingMessage } from 'node:http';
import { epochMicros } from '../clock.ts';
import type { ContextCarrier } from '../sample/cpu.ts';
import type { WaitTracer } from '../wait/tracer.ts';
import { FLAG_ABORTED, FLAG_FIRST, type RequestBatch, type RequestColumns, STATUS_NONE } from './request-batch.ts';
import { RequestLog } from './request-log.ts';
import { NOT_FOUND_ROUTE, type RouteTable } from './route-table.ts';
import { profilerSlot, type RequestSlot } from './slot.ts';
import { SlotPool } from './slot-pool.ts';
import { type SlowOptions, SlowRequests } from './slow-requests.ts';
import { setSlot, slotOf, stampSlot } from './tag.ts';
import { urlTemplate } from './url-template.ts';

const NOT_FOUND = 404;

export interface RecorderOptions {
  /** Whether requests of this path are left out of the profile. */
  readonly ignores: (url: string) => boolean;
  /** The slot of ignored requests. One for all recorders of a process: requests keep it while recording is switched off and on. */
  readonly ignored: RequestSlot;
  /** The pattern a framework left on the request, or null. */
  readonly lateRoute: (request: IncomingMessage) => string | null;
  /** Marks the process's first request, whose samples are to be discarded. */
  readonly markFirst: boolean;
  /** Which requests are noted one by one. */
  readonly slow: SlowOptions;
  /** Records what requests wait for, where that is wanted. */
  readonly tracer?: WaitTracer | undefined;
}

export class RequestRecorder {
  readonly #carrier: ContextCarrier;
  readonly #options: RecorderOptions;
  readonly #pool: SlotPool;
  readonly #routes: RouteTable;
  readonly #log: RequestLog;
  readonly #slow: SlowRequests;
  readonly #ignored: RequestSlot;
  readonly #profiler: RequestSlot;
  #begun = 0;
  /** The slot that was entered last. */
  #entered: RequestSlot;

  constructor(carrier: ContextCarrier, routes: RouteTable, options: RecorderOptions) {
    this.#carrier = carrier;
    this.#options = options;
    this.#routes = routes;
    this.#log = new RequestLog(routes);
    this.#slow = new SlowRequests(options.slow);
    const createHolder = (slot: RequestSlot): object => carrier.createHolder(slot);
    this.#pool = new SlotPool(createHolder);
    this.#ignored = options.ignored;
    this.#ignored.holder = createHolder(this.#ignored);
    this.#profiler = profilerSlot();
    this.#profiler.holder = createHolder(this.#profiler);
    this.#entered = this.#profiler;
  }

  /**
   * @param endsOn the response, stream or socket whose 'close' ends the request; what it and `request` emit runs in its context.
   * @param request undefined for a bare http2 stream.
   * @param isConnection whether it may stay open for days: such a request is not waited for.
   * @returns undefined when it has begun before.
   */
  begin(
    method: string,
    url: string,
    endsOn: object,
    request: IncomingMessage | undefined,
    isConnection = false,
  ): RequestSlot | undefined {
    // A response is found through its request: a tag less.
    const tagged = request ?? endsOn;
    if (this.#options.ignores(url)) return stampSlot(tagged, this.#ignored) ? this.#ignored : undefined;
    const slot = this.#pool.acquire();
    if (!stampSlot(tagged, slot)) {
      this.#pool.release(slot);
      return undefined;
    }
    slot.begin(epochMicros(), method, url);
    if (this.#options.markFirst && this.#begun === 0) slot.flags |= FLAG_FIRST;
    this.#begun++;
    slot.endsOn = endsOn;
    slot.request = request;
    slot.trace = isConnection ? undefined : this.#options.tracer?.start();
    return slot;
  }

  /** Adds the message and response that http2's compatibility API made for a request begun before. */
  adopt(slot: RequestSlot, request: IncomingMessage, response: object): void {
    setSlot(request, slot);
    setSlot(response, slot);
    if (slot.id < 0) return;
    slot.request = request;
    slot.response = response;
  }

  /** Runs host code in the request's context; its result and its throws pass through. */
  run<Result>(slot: RequestSlot, body: (...args: never[]) => Result, self: unknown, args: ArrayLike<unknown>): Result {
    return this.#carrier.run(slot.holder, body, self, args);
  }

  /** What runs from now on is in the request's context, until the callback of Node.js's parser that we are in ends. @returns false where `run` must be used. */
  enter(slot: RequestSlot): boolean {
    this.#entered = slot;
    return this.#carrier.enter(slot.holder);
  }

  /** The slot of the request in whose context this runs. */
  current(): RequestSlot | undefined {
    const holder = this.#carrier.current();
    // A holder that has not been used for a while must be fetched from memory to say whose it is, and for `===` to see that it is an object.
    if (Object.is(holder, this.#entered.holder)) return this.#entered;
    return holder && (this.#carrier.contextOf(holder) as RequestSlot | undefined);
  }

  /** Runs the profiler's own work, so that its cost is not counted for the host. */
  runOwn(body: () => void): void {
    this.#carrier.run(this.#profiler.holder, body, undefined, []);
  }

  /** Names the route of the current request, or of the request that `request` belongs to. */
  report(pattern: string, request?: object): void {
    let slot = this.current();
    // A request object that is none of a server's, such as an injected one, must not name the request around it.
    if (request && slot?.request !== request) slot = slotOf(request);
    if (slot?.isOpen) slot.pattern = pattern;
  }

  end(slot: RequestSlot, status: number, aborted: boolean): void {
    if (slot.id < 0 || !slot.isOpen) return;
    const endMicros = epochMicros();
    slot.end(endMicros);
    const route = this.#routeOf(slot, status);
    const flags = aborted ? slot.flags | FLAG_ABORTED : slot.flags;
    this.#log.add(slot, endMicros, route, status, flags);
    this.#slow.add(slot, route, status, flags);
    if (slot.trace) this.#options.tracer?.close(slot, endMicros, route, slot.flags, aborted);
    slot.disown();
    this.#pool.release(slot);
  }

  /** The samples show that something outlived requests of these slots. */
  outlived(slots: readonly number[]): void {
    this.#pool.outlived(slots);
  }

  /** Takes back the columns of a batch that is done with. */
  reuse(columns: RequestColumns): void {
    this.#log.reuse(columns);
  }

  /** Requests waiting to be taken. */
  get pending(): number {
    return this.#log.size;
  }

  take(): RequestBatch {
    const open = this.#pool.open();
    this.#endBroken(open);
    const stillOpen = open.filter((slot) => slot.isOpen);
    const columns = this.#log.take(stillOpen, epochMicros(), (slot) => this.#routeOf(slot, STATUS_NONE));
    return { ...columns, slow: this.#slow.take() };
  }

  /**
   * Takes what is left, for good: open requests get the best name there is and are let go, so that they never run in a context whose
   * sampler is gone, nor end in the log of a later recorder.
   */
  stop(): RequestBatch {
    const open = this.#pool.open();
    const nowMicros = epochMicros();
    const columns = this.#log.take(open, nowMicros, (slot) => this.#routeOf(slot, STATUS_NONE), 0);
    const batch = { ...columns, slow: this.#slow.take() };
    for (const slot of open) {
      slot.end(nowMicros);
      slot.disown();
    }
    return batch;
  }

  counts(): { readonly dropped: number; readonly slots: number; readonly retiredSlots: number } {
    const { created, retired } = this.#pool.counts();
    return { dropped: this.#log.dropped, slots: created, retiredSlots: retired };
  }

  /** A pipelined request that waits behind another never closes its response when the connection breaks. */
  #endBroken(open: readonly RequestSlot[]): void {
    for (const slot of open) {
      const { request } = slot;
      if (request?.httpVersionMajor === 1 && request.socket.destroyed) this.end(slot, STATUS_NONE, true);
    }
  }

  #routeOf(slot: RequestSlot, status: number): number {
    const pattern = slot.pattern || (slot.request && this.#options.lateRoute(slot.request));
    if (pattern) return this.#routes.indexOf(slot.method, pattern);
    if (status === NOT_FOUND) return this.#routes.indexOfName(NOT_FOUND_ROUTE);
    return this.#routes.indexOf(slot.method, urlTemplate(pathOf(slot.url)));
  }
}

/** @param url of a request line: origin form, or absolute form as proxies send it. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  if (path.startsWith('/')) return path;
  const absolute = /^[a-z][a-z+.-]*:\/\/[^/]*(\/.*)?$/i.exec(path);
  return absolute ? (absolute[1] ?? '/') : path;
}
