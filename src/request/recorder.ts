/**
 * The life of a request on the host's thread: begin, run in its context, end with a route. Everything here runs for every request,
 * so it makes as few objects as it can, and its callers guard it.
 */

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { epochMicros } from '../clock.ts';
import type { ContextCarrier } from '../sample/cpu.ts';
import type { WaitTracer } from '../wait/tracer.ts';
import { FiguresLog } from './figures-log.ts';
import { pathOf } from './path-of.ts';
import { FLAG_ABORTED, FLAG_FIRST, FLAG_OPEN, type RequestBatch, ROUTE_UNKNOWN, STATUS_NONE } from './request-batch.ts';
import { RequestLog } from './request-log.ts';
import { NOT_FOUND_ROUTE, type RouteTable } from './route-table.ts';
import type { SampleTimes } from './sampled-requests.ts';
import { Exchange, profilerSlot, type RequestSlot } from './slot.ts';
import { SlotPool } from './slot-pool.ts';
import { type SlowOptions, SlowRequests } from './slow-requests.ts';
import { setSlot, slotOf, stampSlot } from './tag.ts';
import { urlTemplate } from './url-template.ts';

const NOT_FOUND = 404;
const SERVER_ERROR = 500;
/** An open request is named by its URL after this long, so that its samples are not held back for good. */
export const UNROUTED_MICROS = 5_000_000;
/** What runs so shortly after the end of a request is the rest of its work, not something that goes on. */
const AFTERMATH_MICROS = 20_000;

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
  readonly #log = new RequestLog();
  readonly #figures = new FiguresLog();
  readonly #slow: SlowRequests;
  readonly #ignored: RequestSlot;
  readonly #profiler: RequestSlot;
  #hasBegun = false;
  /** The slot that was entered last. */
  #entered: RequestSlot;

  constructor(carrier: ContextCarrier, routes: RouteTable, options: RecorderOptions) {
    this.#carrier = carrier;
    this.#options = options;
    this.#routes = routes;
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
    const startMicros = epochMicros();
    const slot = this.#pool.acquire(startMicros);
    if (!stampSlot(tagged, slot)) {
      this.#pool.release(slot, startMicros);
      return undefined;
    }
    const exchange = new Exchange(method, url, endsOn, request);
    slot.begin(startMicros, exchange);
    if (this.#options.markFirst && !this.#hasBegun && !isConnection) {
      this.#hasBegun = true;
      exchange.flags = FLAG_FIRST;
    }
    if (!isConnection) exchange.trace = this.#options.tracer?.start(method, url);
    return slot;
  }

  /** The request's body can be read from this. */
  readsFrom(slot: RequestSlot, body: Readable): void {
    if (slot.exchange.trace) this.#options.tracer?.body(body);
  }

  /** Adds the message and response that http2's compatibility API made for a request begun before. */
  adopt(slot: RequestSlot, request: IncomingMessage, response: object): void {
    setSlot(request, slot);
    setSlot(response, slot);
    if (slot.id < 0) return;
    slot.exchange.request = request;
    slot.exchange.response = response;
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
    // A request object that is none of a server's, such as an injected one, must not name the request around it.
    const slot = request ? slotOf(request) : this.current();
    if (slot?.isOpen) slot.exchange.pattern = pattern;
  }

  end(slot: RequestSlot, status: number, aborted: boolean): void {
    if (slot.id < 0 || !slot.isOpen) return;
    const { exchange, startMicros } = slot;
    const endMicros = epochMicros();
    slot.end(endMicros);
    const route = this.#routeOf(exchange, status);
    const flags = (exchange.flags & ~FLAG_OPEN) | (aborted ? FLAG_ABORTED : 0);
    const wasOpen = (exchange.flags & FLAG_OPEN) !== 0;
    this.#log.add(slot.id, startMicros, endMicros, route, flags, wasOpen);
    // A first request is marked for being discarded.
    if (flags & FLAG_FIRST) this.#figures.skip();
    else this.#figures.add(route, endMicros - startMicros, aborted || status >= SERVER_ERROR);
    this.#slow.add(slot, route, status, flags);
    if (exchange.trace) this.#options.tracer?.close(slot, endMicros, route, flags, aborted);
    slot.disown();
    this.#pool.release(slot, endMicros);
  }

  /** Requests that ended since the last batch. */
  get pending(): number {
    return this.#log.size;
  }

  /** @param samples of the segment that goes with the batch; null where nothing is sampled. */
  take(samples: SampleTimes | null = null): RequestBatch {
    const open = this.#pool.open();
    this.#endBroken(open);
    const stillOpen = open.filter((slot) => slot.isOpen);
    return this.#take(samples, stillOpen, epochMicros(), UNROUTED_MICROS);
  }

  /**
   * Takes what is left, for good: open requests get the best name there is and are let go, so that they never run in a context whose
   * sampler is gone, nor end in the log of a later recorder.
   */
  stop(samples: SampleTimes | null = null): RequestBatch {
    const open = this.#pool.open();
    const nowMicros = epochMicros();
    const batch = this.#take(samples, open, nowMicros, 0);
    for (const slot of open) {
      slot.end(nowMicros);
      slot.disown();
    }
    return batch;
  }

  counts(): { readonly slots: number; readonly retiredSlots: number } {
    const { created, retired } = this.#pool.counts();
    return { slots: created, retiredSlots: retired };
  }

  /** @param patienceMicros how long an open request may be without a route. */
  #take(
    samples: SampleTimes | null,
    slots: readonly RequestSlot[],
    nowMicros: number,
    patienceMicros: number,
  ): RequestBatch {
    const open = slots.map((slot) => {
      const { id, startMicros, exchange } = slot;
      const isNamed = exchange.pattern !== '' || nowMicros - startMicros >= patienceMicros;
      exchange.flags |= FLAG_OPEN;
      const route = isNamed ? this.#routeOf(exchange, STATUS_NONE) : ROUTE_UNKNOWN;
      return { slot: id, startMicros, route, flags: exchange.flags };
    });
    const found = this.#log.take(samples, open, nowMicros, this.#pool.resting);
    if (samples) this.#retire(samples, found);
    return {
      ...found,
      newRoutes: this.#routes.takeFresh(),
      figures: this.#figures.take(),
      slow: this.#slow.take(),
    };
  }

  /** Slots in which something outlived its request are not given to another. */
  #retire({ slot, timeMicros }: SampleTimes, { rows, sampleRow }: Pick<RequestBatch, 'rows' | 'sampleRow'>): void {
    for (let sample = 0; sample < sampleRow.length; sample++) {
      const endMicros = rows.endMicros[sampleRow[sample] as number];
      if (endMicros !== undefined && (timeMicros[sample] as number) > endMicros + AFTERMATH_MICROS)
        this.#pool.outlived(slot[sample] as number);
    }
  }

  /** A pipelined request that waits behind another never closes its response when the connection breaks. */
  #endBroken(open: readonly RequestSlot[]): void {
    for (const slot of open) {
      const { request } = slot.exchange;
      // undici takes the socket off a message that it has sent on as a body.
      const socket = request?.httpVersionMajor === 1 ? (request.socket as Socket | null) : null;
      if (socket?.destroyed) this.end(slot, STATUS_NONE, true);
    }
  }

  #routeOf({ method, url, pattern, request }: Exchange, status: number): number {
    const known = pattern || (request && this.#options.lateRoute(request));
    if (known) return this.#routes.indexOf(method, known);
    if (status === NOT_FOUND) return this.#routes.indexOfName(NOT_FOUND_ROUTE);
    return this.#routes.indexOfUrl(method, urlTemplate(pathOf(url)));
  }
}
