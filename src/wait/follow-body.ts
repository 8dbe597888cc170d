/**
 * Follows how one body is read, by properties of that object alone, which nobody else has: by the methods that give all of it, and by
 * whoever listens for its data, which piping and async iterators do as well.
 */

import type { Readable } from 'node:stream';
import { type HostFunction, lookAlike } from '../request/frameworks/observe.ts';
import { endingPromise } from './ending-promise.ts';
import type { Operation } from './trace.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What a source does about its operations. */
export interface BodyFollower {
  /** @param below the method that was called: it and what is above it are no part of the stack. */
  begin(below: HostFunction): Operation | undefined;
  end(operation: Operation): void;
  /** The end of the data is told to those who listen for it: they are the callback. @returns what ends that; without, nothing is known of callbacks. */
  enter?(operation: Operation): () => void;
}

/** Of responses to fetch, and of bodies of undici. */
const WHOLE_BODY = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;
/** Under either name. */
const LISTEN = ['on', 'addListener'] as const;
const READING: ReadonlySet<unknown> = new Set(['data', 'readable']);

/** Whether a listener for this event reads the data. */
export function isReading(event: unknown): boolean {
  return READING.has(event);
}

export function followMethods(body: object, follower: BodyFollower): void {
  for (const name of WHOLE_BODY)
    replace(body, name, (original) => {
      const readWithWait: Method = function readWithWait(this: unknown, ...args) {
        const operation = follower.begin(readWithWait);
        const result = Reflect.apply(original, this, args);
        return operation ? endingPromise(result, () => follower.end(operation)) : result;
      };
      return readWithWait;
    });
}

export function followListeners(body: Readable, follower: BodyFollower): void {
  let isFollowed = false;
  for (const name of LISTEN)
    replace(body, name, (original) => {
      const listenWithWait: Method = function listenWithWait(this: unknown, ...args) {
        if (!isFollowed && isReading(args[0])) {
          const operation = follower.begin(listenWithWait);
          if (operation) followToEnd(body, operation, follower);
          isFollowed = operation !== undefined;
        }
        return Reflect.apply(original, this, args);
      };
      return listenWithWait;
    });
}

/** Ends an operation with the last of a stream's data. A listener of ours would be counted by the host. */
export function followToEnd(body: Readable, operation: Operation, { end, enter }: Omit<BodyFollower, 'begin'>): void {
  replace(body, 'push', (original) => {
    return function pushWithEnd(this: Readable, ...args) {
      // Where it flows, its end is told at once, and ends the operation with its listeners' call.
      const isTold = enter && this.readableFlowing && this.readableLength === 0;
      if (args[0] === null && !isTold) end(operation);
      return Reflect.apply(original, this, args);
    };
  });
  replace(body, '_destroy', (original) => {
    return function destroyWithEnd(this: Readable, ...args) {
      end(operation);
      return Reflect.apply(original, this, args);
    };
  });
  if (!enter) return;
  replace(body, 'emit', (original) => {
    return function emitWithEnd(this: Readable, ...args) {
      if (args[0] !== 'end' || operation.endMicros > 0) return Reflect.apply(original, this, args);
      const leave = enter(operation);
      try {
        return Reflect.apply(original, this, args);
      } finally {
        leave();
      }
    };
  });
}

function replace(
  body: object,
  name: string,
  make: (original: Method) => (this: never, ...args: unknown[]) => unknown,
): void {
  const original = (body as Record<string, Method | undefined>)[name];
  if (typeof original !== 'function') return;
  const value = lookAlike(make(original) as HostFunction, original as HostFunction);
  Object.defineProperty(body, name, { value, writable: true, configurable: true });
}
