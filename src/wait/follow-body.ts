/**
 * Follows how one body is read, by properties of that object alone, which nobody else has: by the methods that give all of it, and by
 * whoever listens for its data, which piping and async iterators do as well.
 */

import { executionAsyncId } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import type { HostFunction } from '../request/frameworks/observe.ts';
import { LISTENING_METHODS } from '../request/when-listened-to.ts';
import { endingPromise } from './ending-promise.ts';
import { type Method, replaceMethod } from './replace-method.ts';
import type { Operation } from './trace.ts';
import type { Describe, WaitTracer } from './tracer.ts';

/** What a source does about its operations. */
export interface BodyFollower {
  /** @param below the method that was called: it and what is above it are no part of the stack. */
  begin(below: HostFunction): Operation | undefined;
  end(operation: Operation): void;
  /** The end of the data is told to those who listen for it: they are the callback. @returns what ends that; without, nothing is known of callbacks. */
  enter?(operation: Operation): () => void;
}

/** Of a source whose listeners are the callbacks of its operations. */
export function endsWithCallbacks(tracer: WaitTracer): Required<Omit<BodyFollower, 'begin'>> {
  return {
    end: (operation) => tracer.end(operation),
    enter(operation) {
      tracer.enter(operation);
      return () => tracer.returned(executionAsyncId());
    },
  };
}

/** Of responses to fetch, and of bodies of undici. */
const WHOLE_BODY = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

/** Whether a listener for this event reads the data. Asked for every message of http. */
export function isReading(event: unknown): boolean {
  return event === 'data' || event === 'readable';
}

/** What Node.js reads by itself is no operation. */
export function readBy(label: () => string): Describe {
  return (stack) => (stack.frames.length === 0 ? null : { label: label(), stack });
}

export function followMethods(body: object, follower: BodyFollower): void {
  for (const name of WHOLE_BODY)
    replaceMethod(body, name, (original) => {
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
  for (const name of LISTENING_METHODS)
    replaceMethod(body, name, (original) => {
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
  replaceMethod(body, 'push', (original) => {
    return function pushWithEnd(this: Readable, ...args) {
      // Where it flows, its end is told at once, and ends the operation with its listeners' call.
      const isTold = enter && this.readableFlowing && this.readableLength === 0;
      if (args[0] === null && !isTold) end(operation);
      return Reflect.apply(original, this, args);
    };
  });
  replaceMethod(body, '_destroy', (original) => {
    return function destroyWithEnd(this: Readable, ...args) {
      end(operation);
      return Reflect.apply(original, this, args);
    };
  });
  if (enter) enterAt(body, 'end', () => operation, { enter });
}

/** Who listens for an event of a stream is the callback of an operation. @param operationOf asked at the event; what has ended already has had its callback. */
export function enterAt(
  stream: Readable,
  event: string,
  operationOf: () => Operation | undefined,
  { enter }: Pick<Required<BodyFollower>, 'enter'>,
): void {
  replaceMethod(stream, 'emit', (original) => {
    return function emitInCallback(this: Readable, ...args) {
      const operation = args[0] === event ? operationOf() : undefined;
      if (!operation || operation.endMicros > 0) return Reflect.apply(original, this, args);
      const leave = enter(operation);
      try {
        return Reflect.apply(original, this, args);
      } finally {
        leave();
      }
    };
  });
}
