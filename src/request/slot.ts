/**
 * A slot is the sampling context of one request at a time. Native contexts are expensive to make, so slots are reused
 * (docs/adr/0002); a sample says its slot and its time, which together name the request.
 */

import type { IncomingMessage } from 'node:http';
import type { SampledContext } from '../sample/native.ts';
import { SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../sample/segment.ts';
import type { RequestTrace } from '../wait/trace.ts';

/** Work that a request left behind still counts as its own for this long after its response ended. */
export const TAIL_MICROS = 1_000_000;
/** The sampler's clock and ours may differ by so much: a sample that is as little older than its request belongs to it all the same. */
export const CLOCK_SLACK_MICROS = 5000;

/** How many times a slot has: start and end of its request, end of the request before. */
export const TIMES_PER_SLOT = 3;

/**
 * What is known of one request. Young as the request itself: an old object that refers to young ones costs V8's garbage collector a note for each, and a
 * slot that has rested must be fetched from memory, line by line.
 */
export class Exchange {
  /** HTTP method, `GRPC` or the like; upper case. */
  readonly method: string;
  /** As the client sent it: frameworks rewrite the request's own. */
  readonly url: string;
  /** The response, stream or socket whose 'close' ends the request. */
  readonly endsOn: object | undefined;
  /** The incoming message, where the host has one. */
  request: IncomingMessage | undefined;
  /** The compatibility API's response, where `endsOn` is an http2 stream. */
  response: object | undefined = undefined;
  /** Route pattern as reported by a framework, '' before. */
  pattern = '';
  flags = 0;
  /** Where the request's operations are recorded, undefined where they are not. */
  trace: RequestTrace | undefined = undefined;

  constructor(method: string, url: string, endsOn?: object, request?: IncomingMessage) {
    this.method = method;
    this.url = url;
    this.endsOn = endsOn;
    this.request = request;
  }
}

const NO_EXCHANGE: Exchange = Object.freeze(new Exchange('', ''));

export class RequestSlot implements SampledContext {
  readonly id: number;
  /** What the context carrier stores for this slot. */
  holder: object = this;
  /** Something outlived a request and still runs in this context, so the slot must not be given to another request. */
  outlived = false;
  /** The current request, while it is open. */
  exchange: Exchange = NO_EXCHANGE;
  readonly #times: Float64Array;
  readonly #at: number;

  /** @param times of many slots side by side, so that one read fetches those of the slots whose turn is next; this one's begin `at`. */
  constructor(id: number, times: Float64Array = new Float64Array(TIMES_PER_SLOT), at = 0) {
    this.id = id;
    this.#times = times;
    this.#at = at;
  }

  /** Of the current request, or of the last one; microseconds since the epoch. */
  get startMicros(): number {
    return this.#times[this.#at] as number;
  }

  /** 0 while the request is open. */
  get endMicros(): number {
    return this.#times[this.#at + 1] as number;
  }

  get isOpen(): boolean {
    return this.startMicros > 0 && this.endMicros === 0;
  }

  /** Whether an object is part of the current request. */
  owns(object: object): boolean {
    const { request, endsOn, response } = this.exchange;
    return object === request || object === endsOn || object === response;
  }

  /**
   * Forgets the host's objects: whatever they emit from now on must not run in the context of the slot's next request. And what is kept
   * by a resting slot outlives many garbage collections, strings included, which makes V8 double the young generation.
   */
  disown(): void {
    this.exchange = NO_EXCHANGE;
  }

  begin(startMicros: number, exchange: Exchange): void {
    const times = this.#times;
    const at = this.#at;
    times[at] = startMicros;
    times[at + 2] = times[at + 1] as number;
    times[at + 1] = 0;
    this.exchange = exchange;
  }

  end(endMicros: number): void {
    this.#times[this.#at + 1] = endMicros;
  }

  /**
   * A sample long after its request, such as one in a timer or a pooled connection that a request created once, belongs to no
   * request; and as such work goes on, the slot is retired so that it never counts for a later one.
   */
  slotAt(timeMicros: number): number {
    const isOfPrevious = timeMicros < this.startMicros - CLOCK_SLACK_MICROS;
    const endMicros = isOfPrevious ? (this.#times[this.#at + 2] as number) : this.endMicros;
    if (endMicros === 0 || timeMicros <= endMicros + TAIL_MICROS) return this.id;
    this.outlived = true;
    return SLOT_NONE;
  }
}

/** A context that is no request: its samples are counted apart and never reach a route. */
export class ConstantSlot extends RequestSlot {
  override slotAt(): number {
    return this.id;
  }

  override owns(): boolean {
    return true;
  }
}

export function ignoredSlot(): RequestSlot {
  return new ConstantSlot(SLOT_IGNORED);
}

export function profilerSlot(): RequestSlot {
  return new ConstantSlot(SLOT_PROFILER);
}
