/**
 * Follows the events of the host's HTTP servers (http, https, http2) and gives every request its context. Host listeners run exactly
 * as they would without us: same `this`, arguments, result and throws.
 */

import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as http from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Guard, REQUEST_TRACKING } from '../host/guard.ts';
import { EmitsInRequest, runSpread } from './emits-in-request.ts';
import { grpcStatus, UNIMPLEMENTED } from './grpc-status.ts';
import { pathOf } from './path-of.ts';
import type { RequestRecorder } from './recorder.ts';
import { STATUS_NONE } from './request-batch.ts';
import type { RequestSlot } from './slot.ts';
import { setSlot, slotOf } from './tag.ts';
import { urlTemplate } from './url-template.ts';
import { whenListenedTo } from './when-listened-to.ts';
import type { Emit, EmitArgs } from './wrap-emit.ts';

// Constants: V8 answers `instanceof` at once where it knows the class, and imports are properties in a bundle.
const { IncomingMessage: HttpIncomingMessage, ServerResponse: HttpServerResponse } = http;

const SWITCHING_PROTOCOLS = 101;
const NOT_FOUND = 404;
const GRPC = 'GRPC';

/** Decides whether a request is for the profiler's own pages and answers it; true when it did. */
export interface OwnPages {
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  answerStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean;
  /** A request that was left to the application has ended. Called for every request. */
  ended(target: object, status: number): void;
}

export interface ServerEmitOptions {
  /** Undefined while recording is off. */
  readonly recorder: () => RequestRecorder | undefined;
  readonly pages: OwnPages;
  readonly guard: Guard;
}

export class ServerEmit {
  readonly #options: ServerEmitOptions;
  readonly #emits: EmitsInRequest;

  constructor(options: ServerEmitOptions) {
    this.#options = options;
    this.#emits = new EmitsInRequest({
      ...options,
      closed: (recorder, slot, emitter) => this.#close(recorder, slot, emitter),
    });
    this.#emits.bind(HttpServerResponse.prototype, 'response');
    whenListenedTo(HttpIncomingMessage.prototype, (message, event) => this.#emits.listened(message, event));
  }

  /**
   * Emits an event on `server` through `original`, in a request's context where the event begins one. Callers spread their `arguments` and here nothing
   * else is done with the rest: V8 then makes neither object.
   */
  emit(original: Emit, server: EventEmitter, ...args: EmitArgs): boolean {
    let slot: RequestSlot | undefined;
    const { guard } = this.#options;
    const source = args[1];
    try {
      const begun = guard.isOff(REQUEST_TRACKING) ? undefined : this.#begin(args[0], source, args[2]);
      if (begun === true) return true;
      slot = begun;
    } catch (error) {
      guard.fail(REQUEST_TRACKING, error);
    }
    const recorder = slot && this.#options.recorder();
    if (recorder && slot && !(isBeingParsed(source) && recorder.enter(slot)))
      return runSpread(recorder, slot, original, server, ...args);
    return Reflect.apply(original, server, args);
  }

  /** @returns the slot of the request that this event begins, true when it is answered already, undefined for other events. */
  #begin(event: string | symbol, source: unknown, target: unknown): RequestSlot | true | undefined {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return areObjects(source, target)
          ? this.#beginRequest(source as IncomingMessage, target as ServerResponse)
          : undefined;
      case 'upgrade':
      case 'connect':
        return areObjects(source, target)
          ? this.#beginUpgrade(event, source as IncomingMessage, target as Duplex)
          : undefined;
      case 'stream':
        return areObjects(source, target)
          ? this.#beginStream(source as ServerHttp2Stream, target as IncomingHttpHeaders)
          : undefined;
      default:
        return undefined;
    }
  }

  #beginRequest(request: IncomingMessage, response: ServerResponse): RequestSlot | true | undefined {
    if (!(request instanceof HttpIncomingMessage)) {
      this.#adopt(request, response);
      return undefined;
    }
    const recorder = this.#options.recorder();
    if (this.#options.pages.answer(request, response)) return true;
    return recorder?.begin(request.method ?? 'GET', request.url ?? '/', response, request);
  }

  /** The two are made by http2's compatibility API, for a stream that began the request before. */
  #adopt(request: object, response: object): void {
    const { stream } = request as { stream?: unknown };
    const slot = typeof stream === 'object' && stream !== null ? slotOf(stream) : undefined;
    if (!slot) return;
    this.#emits.bind(Object.getPrototypeOf(request));
    this.#emits.bind(Object.getPrototypeOf(response));
    const recorder = this.#options.recorder();
    recorder?.adopt(slot, request as IncomingMessage, response);
    if (hasBody(stream as ServerHttp2Stream)) recorder?.readsFrom(slot, request as IncomingMessage);
  }

  #beginUpgrade(event: 'upgrade' | 'connect', request: IncomingMessage, socket: Duplex): RequestSlot | undefined {
    const recorder = this.#options.recorder();
    if (!recorder) return undefined;
    if (!(request instanceof HttpIncomingMessage)) {
      this.#adopt(request, socket);
      return undefined;
    }
    const url = request.url ?? '/';
    const slot = recorder.begin(event.toUpperCase(), url, socket, request, true);
    if (!slot) return undefined;
    presetPattern(slot, urlTemplate(pathOf(url)));
    setSlot(socket, slot);
    this.#emits.bind(socket);
    return slot;
  }

  #beginStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): RequestSlot | true | undefined {
    if (typeof stream.respond !== 'function') return undefined;
    if (this.#options.pages.answerStream(stream, headers)) return true;
    const recorder = this.#options.recorder();
    if (!recorder) return undefined;
    const url = String(headers[':path'] ?? '/');
    const isGrpc = String(headers['content-type'] ?? '').startsWith('application/grpc');
    const method = isGrpc ? GRPC : String(headers[':method'] ?? 'GET');
    const slot = recorder.begin(method, url, stream, undefined);
    if (!slot) return undefined;
    // A gRPC path is service and method, not data.
    if (isGrpc) presetPattern(slot, url);
    else if (method === 'CONNECT') presetPattern(slot, urlTemplate(pathOf(url)));
    this.#emits.bind(Object.getPrototypeOf(stream));
    if (hasBody(stream)) recorder.readsFrom(slot, stream);
    return slot;
  }

  #close(recorder: RequestRecorder, slot: RequestSlot, emitter: object): void {
    const { guard } = this.#options;
    if (slot.exchange.endsOn !== emitter || guard.isOff(REQUEST_TRACKING)) return;
    try {
      this.#end(recorder, slot, emitter);
    } catch (error) {
      guard.fail(REQUEST_TRACKING, error);
    }
  }

  #end(recorder: RequestRecorder, slot: RequestSlot, emitter: object): void {
    const { status, aborted } = outcomeOf(emitter);
    this.#options.pages.ended(emitter, status);
    const callStatus = slot.exchange.method === GRPC ? grpcStatus(emitter as ServerHttp2Stream) : undefined;
    // Paths that are no method's are as many as clients like: they share the route of all that is not found.
    if (callStatus === UNIMPLEMENTED) slot.exchange.pattern = '';
    recorder.end(slot, callStatus === UNIMPLEMENTED ? NOT_FOUND : (callStatus ?? status), aborted);
  }
}

/** Whether Node.js's HTTP parser emits this request right now: it does so in a callback scope of its own. */
function isBeingParsed(request: unknown): boolean {
  const { socket } = request as { socket?: { parser?: { incoming?: unknown } | null } };
  return socket?.parser?.incoming === request;
}

function hasBody({ endAfterHeaders }: ServerHttp2Stream): boolean {
  return !endAfterHeaders;
}

/** Servers of other protocols inherit from net.Server as well, and may have events of the same names. */
function areObjects(source: unknown, target: unknown): boolean {
  return typeof source === 'object' && source !== null && typeof target === 'object' && target !== null;
}

/** For connections that may stay open for days: what they do is to be seen before they end. A framework may still report another. */
function presetPattern(slot: RequestSlot, pattern: string): void {
  if (slot.id >= 0) slot.exchange.pattern = pattern;
}

/** @param emitter a response, an http2 stream or an upgraded socket, closed. */
function outcomeOf(emitter: object): { status: number; aborted: boolean } {
  if (emitter instanceof HttpServerResponse) {
    return { status: emitter.headersSent ? emitter.statusCode : STATUS_NONE, aborted: !emitter.writableFinished };
  }
  if ('sentHeaders' in emitter) {
    const stream = emitter as ServerHttp2Stream;
    return { status: Number(stream.sentHeaders?.[':status'] ?? STATUS_NONE), aborted: stream.aborted };
  }
  return { status: SWITCHING_PROTOCOLS, aborted: false };
}
