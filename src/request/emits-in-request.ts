/**
 * Lets what belongs to a request emit in its context: parsers and sockets call from outside of it. Most events nobody listens to; those are let
 * through at once, and `arguments` is only ever spread.
 */

import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Guard, MESSAGE_CONTEXTS } from '../host/guard.ts';
import type { RequestRecorder } from './recorder.ts';
import type { RequestSlot } from './slot.ts';
import { slotOf } from './tag.ts';
import { type Emit, type EmitArgs, inheritedByAll, wrapEmit } from './wrap-emit.ts';

/** What emits through a prototype, where that is known: to ask each emitter would take a walk along its prototypes. */
type Kind = 'message' | 'response' | 'any';

export interface EmitsOptions {
  /** Undefined while recording is off. */
  readonly recorder: () => RequestRecorder | undefined;
  readonly guard: Guard;
  /** Something of an open request, which is no message, has emitted 'close'. Must not throw. */
  readonly closed: (recorder: RequestRecorder, slot: RequestSlot, emitter: object) => void;
}

export class EmitsInRequest {
  readonly #options: EmitsOptions;
  readonly #bound = new WeakSet<object>();
  /** One for all messages that inherit theirs. */
  readonly #emitOfMessage = this.#makeEmit('message', undefined);

  constructor(options: EmitsOptions) {
    this.#options = options;
  }

  /** @param target a prototype, or one emitter. */
  bind(target: object, kind: Kind = 'any'): void {
    if (this.#bound.has(target)) return;
    this.#bound.add(target);
    wrapEmit(target, (original) => this.#makeEmit(kind, original));
  }

  /** Somebody is about to listen to a message of http. It is bound by itself: all messages would pay for a wrapper on their prototype, and few are listened to. */
  listened(message: IncomingMessage, event: unknown): void {
    const { guard, recorder } = this.#options;
    const { emit } = message;
    if (emit === this.#emitOfMessage || !isOfServer(message) || isFlowing(message, event)) return;
    if (!recorder() || guard.isOff(MESSAGE_CONTEXTS)) return;
    try {
      if (emit !== inheritedByAll.emit) this.bind(message, 'message');
      else Reflect.defineProperty(message, 'emit', { value: this.#emitOfMessage, writable: true, configurable: true });
    } catch (error) {
      guard.fail(MESSAGE_CONTEXTS, error);
    }
  }

  /** @param original undefined for what all inherit. */
  #makeEmit(kind: Kind, original: Emit | undefined): Emit {
    const emits = this;
    const mayEnd = kind !== 'message';
    const slotOfEmitter = kind === 'response' ? slotOfResponse : slotOf;
    // Node.js's own, which every response of a server has.
    const finishListeners = kind === 'response' ? 1 : 0;
    return function emitInRequest(event) {
      const emit = original ?? inheritedByAll.emit;
      if (event === 'close' && mayEnd)
        return emits.#emitClose(emit, this, slotOfEmitter, ...(arguments as unknown as EmitArgs));
      if (isOfNode(event) || this.listenerCount(event) === (event === 'finish' ? finishListeners : 0))
        return emit.apply(this, arguments as unknown as EmitArgs);
      const recorder = emits.#options.recorder();
      if (!recorder) return emit.apply(this, arguments as unknown as EmitArgs);
      const exchange = recorder.current()?.exchange;
      const isInContext = exchange !== undefined && (exchange.endsOn === this || exchange.request === this);
      const slot = isInContext ? undefined : slotOfEmitter(this);
      return slot
        ? runSpread(recorder, slot, emit, this, ...(arguments as unknown as EmitArgs))
        : emit.apply(this, arguments as unknown as EmitArgs);
    };
  }

  #emitClose(
    emit: Emit,
    emitter: EventEmitter,
    slotOfEmitter: (emitter: EventEmitter) => RequestSlot | undefined,
    ...args: EmitArgs
  ): boolean {
    const { recorder: current, closed } = this.#options;
    const recorder = current();
    const slot = recorder && slotOfEmitter(emitter);
    if (!slot) return Reflect.apply(emit, emitter, args);
    const isHeard = emitter.listenerCount('close') > 0;
    try {
      return isHeard && recorder.current() !== slot
        ? runSpread(recorder, slot, emit, emitter, ...args)
        : Reflect.apply(emit, emitter, args);
    } finally {
      closed(recorder, slot, emitter);
    }
  }
}

/** The arguments become an array here and not in the caller, who nearly always has no need of one. */
export function runSpread(
  recorder: RequestRecorder,
  slot: RequestSlot,
  emit: Emit,
  emitter: EventEmitter,
  ...args: EmitArgs
): boolean {
  return recorder.run(slot, emit, emitter, args);
}

/** A client's message has a status. */
function isOfServer(message: IncomingMessage): boolean {
  return message.statusCode === null;
}

/** What has arrived as a whole flows in the context of whoever reads it. Node.js itself listens for the end of each. */
function isFlowing({ complete }: IncomingMessage, event: unknown): boolean {
  return complete && (event === 'end' || event === 'data' || event === 'readable');
}

/** Events between Node.js's own parts, which come from code that runs in the request's context anyway. */
function isOfNode(event: string | symbol): boolean {
  return event === 'socket' || event === 'prefinish' || event === 'resume';
}

function slotOfResponse(response: EventEmitter): RequestSlot | undefined {
  // The host may have made it for itself, of whatever it took for a request.
  const { req: request } = response as { req?: unknown };
  return typeof request === 'object' && request !== null ? slotOf(request) : undefined;
}
