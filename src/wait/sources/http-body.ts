/**
 * Bodies that are read from http's messages, those of the server's requests and of its clients' responses: from the first listener for
 * data, which piping and async iterators add as well, to the last byte. Of whoever listens for the end, the listener is the callback.
 */

import { executionAsyncId } from 'node:async_hooks';
import { type ClientRequest, IncomingMessage } from 'node:http';
import type { Guard } from '../../host/guard.ts';
import { type HostFunction, lookAlike } from '../../request/frameworks/observe.ts';
import type { Operation } from '../trace.ts';
import type { WaitTracer } from '../tracer.ts';
import type { WaitSource } from './contract.ts';
import { clientLabel } from './http-client.ts';

const FEATURE = 'waits of http bodies';
const READING: ReadonlySet<unknown> = new Set(['data', 'readable']);
const METHODS = ['on', 'addListener'] as const;

export const httpBodySource: WaitSource = { name: 'http bodies', follow };

type Listen = (this: IncomingMessage, ...args: unknown[]) => unknown;

function follow(tracer: WaitTracer, guard: Guard): () => void {
  const followed = new WeakSet<IncomingMessage>();
  const begin = (message: IncomingMessage, below: Listen): void => {
    if (followed.has(message) || message.complete || !mayHaveBody(message)) return;
    const operation = tracer.begin(below, (stack) =>
      stack.frames.length === 0 ? null : { label: labelOf(message), stack },
    );
    if (!operation) return;
    followed.add(message);
    followToEnd(message, operation, tracer);
  };
  const unpatch = METHODS.map((name) =>
    override(name, (inherited) => {
      const listenWithWait: Listen = function listenWithWait(this: IncomingMessage, ...args) {
        if (READING.has(args[0]) && tracer.isTracing) guard.run(FEATURE, () => begin(this, listenWithWait));
        return Reflect.apply(inherited(), this, args);
      };
      return listenWithWait;
    }),
  );
  return () => {
    for (const undo of unpatch) undo();
  };
}

/** A server's request says in its head whether a body follows; most have none. */
function mayHaveBody({ headers, statusCode }: IncomingMessage): boolean {
  if (typeof statusCode === 'number') return true;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A client's response knows its request. */
function labelOf(message: IncomingMessage & { readonly req?: ClientRequest }): string {
  const { req } = message;
  return req ? `${clientLabel(req)} (body)` : 'read request body';
}

/** Listens by properties of the one message, which nobody else sees: a listener of ours would be counted by the host. */
function followToEnd(message: IncomingMessage, operation: Operation, tracer: WaitTracer): void {
  const { push, _destroy: destroy, emit } = message;
  const replace = (name: 'push' | '_destroy' | 'emit', original: HostFunction, value: HostFunction): void => {
    Object.defineProperty(message, name, { value: lookAlike(value, original), writable: true, configurable: true });
  };
  replace('push', push, function pushWithEnd(this: IncomingMessage, ...args: Parameters<typeof push>): boolean {
    // Where it flows, its end is told at once, and ends the operation with its listeners' call.
    if (args[0] === null && !(this.readableFlowing && this.readableLength === 0)) tracer.end(operation);
    return Reflect.apply(push, this, args);
  });
  replace(
    '_destroy',
    destroy,
    function destroyWithEnd(this: IncomingMessage, ...args: Parameters<typeof destroy>): void {
      tracer.end(operation);
      Reflect.apply(destroy, this, args);
    },
  );
  replace('emit', emit, function emitWithEnd(this: IncomingMessage, ...args: Parameters<typeof emit>): boolean {
    if (args[0] !== 'end' || operation.endMicros > 0) return Reflect.apply(emit, this, args);
    tracer.enter(operation);
    try {
      return Reflect.apply(emit, this, args);
    } finally {
      tracer.returned(executionAsyncId());
    }
  });
}

/**
 * Puts a method before the one that messages inherit, or that the host has put there.
 * @param make receives what gives the method to call, as it is then.
 * @returns what takes it away, unless the host has put its own in its place.
 */
function override(name: (typeof METHODS)[number], make: (inherited: () => Listen) => Listen): () => void {
  const own = Object.getOwnPropertyDescriptor(IncomingMessage.prototype, name);
  const parent = Object.getPrototypeOf(IncomingMessage.prototype) as Record<string, Listen>;
  const inherited = (): Listen => (own?.value ?? parent[name]) as Listen;
  const value = lookAlike(make(inherited) as HostFunction, inherited() as HostFunction) as Listen;
  Object.defineProperty(IncomingMessage.prototype, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: true,
  });
  return () => {
    if (Object.getOwnPropertyDescriptor(IncomingMessage.prototype, name)?.value !== value) return;
    if (own) Object.defineProperty(IncomingMessage.prototype, name, own);
    else Reflect.deleteProperty(IncomingMessage.prototype, name);
  };
}
