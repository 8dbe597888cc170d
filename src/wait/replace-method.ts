/** Replaces a method of one object alone, which nobody else has: nothing that others inherit changes. */

import { type HostFunction, lookAlike } from '../request/frameworks/observe.ts';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** @param make receives the original and returns what is called instead. An object without the method stays as it is. */
export function replaceMethod(
  object: object,
  name: string | symbol,
  make: (original: Method) => (this: never, ...args: unknown[]) => unknown,
): void {
  const original = (object as Record<string | symbol, Method | undefined>)[name];
  if (typeof original !== 'function') return;
  const value = lookAlike(make(original) as HostFunction, original as HostFunction);
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}
