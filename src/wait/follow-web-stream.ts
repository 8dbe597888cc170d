/**
 * Follows how the body of a response is read as a web stream, from the call that begins to read to the end of the data: by readers, async iterators
 * and pipes, also of the streams that it is piped through or split into. Only by properties of those objects.
 */

import { endingPromise } from './ending-promise.ts';
import type { BodyFollower } from './follow-body.ts';
import { type Method, replaceMethod } from './replace-method.ts';
import type { Operation } from './trace.ts';

interface Follower extends Pick<BodyFollower, 'begin' | 'end'> {
  /** Does what must not harm whoever reads. @returns undefined where it failed. */
  readonly attempt: <Result>(task: () => Result) => Result | undefined;
}

/** @param response whose `body` is a getter that it inherits. */
export function followWebStream(response: object, follower: Follower): void {
  const inherited = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(response), 'body')?.get;
  if (!inherited) return;
  let followed: unknown;
  Object.defineProperty(response, 'body', {
    get(this: unknown) {
      const stream: unknown = Reflect.apply(inherited, this, []);
      if (stream !== followed) follower.attempt(() => followStream(stream, follower));
      followed = stream;
      return stream;
    },
    configurable: true,
  });
}

function followStream(stream: unknown, follower: Follower): void {
  if (typeof stream !== 'object' || stream === null) return;
  followReads(stream, 'getReader', follower, (reader, end) => {
    // Settles when the data has ended, and when the reader is let go. Its rejection is handled already.
    (reader as { readonly closed: Promise<unknown> }).closed.then(end, end);
    return reader;
  });
  followReads(stream, 'pipeTo', follower, (piped, end) => endingPromise(piped, () => end()));
  for (const name of ['values', Symbol.asyncIterator])
    followReads(stream, name, follower, (iterator, end) => {
      followIterator(iterator as object, end);
      return iterator;
    });
  // What comes out is read instead.
  followOutcome(stream, 'pipeThrough', follower, (readable) => [readable]);
  followOutcome(stream, 'tee', follower, (streams) => streams as readonly unknown[]);
}

/** @param follow is given what the method returned, and what ends the operation; returns what the caller gets. */
function followReads(
  stream: object,
  name: string | symbol,
  { begin, end, attempt }: Follower,
  follow: (returned: unknown, end: () => void) => unknown,
): void {
  replaceMethod(stream, name, (original) => {
    const readWithWait: Method = function readWithWait(this: unknown, ...args) {
      // After the call: it throws where the stream is being read by another.
      const operation: Operation | undefined = begin(readWithWait);
      let returned: unknown;
      try {
        returned = Reflect.apply(original, this, args);
      } catch (error) {
        if (operation) end(operation);
        throw error;
      }
      return (operation && attempt(() => follow(returned, () => end(operation)))) ?? returned;
    };
    return readWithWait;
  });
}

/** @param streamsOf the streams in what the method returned. */
function followOutcome(
  stream: object,
  name: string,
  follower: Follower,
  streamsOf: (returned: unknown) => readonly unknown[],
): void {
  replaceMethod(stream, name, (original) => {
    return function passOn(this: unknown, ...args) {
      const returned = Reflect.apply(original, this, args);
      follower.attempt(() => {
        for (const each of streamsOf(returned)) followStream(each, follower);
      });
      return returned;
    };
  });
}

function followIterator(iterator: object, end: () => void): void {
  replaceMethod(iterator, 'next', (original) => {
    return function nextWithEnd(this: unknown, ...args) {
      const next = Reflect.apply(original, this, args) as Promise<{ readonly done?: boolean }>;
      return endingPromise(next, (result) => {
        if (result?.done !== false) end();
      });
    };
  });
  replaceMethod(iterator, 'return', (original) => {
    return function returnWithEnd(this: unknown, ...args) {
      end();
      return Reflect.apply(original, this, args);
    };
  });
}
