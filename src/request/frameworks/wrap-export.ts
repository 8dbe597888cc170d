/** Replaces what a module exports, CommonJS or ES: a namespace is no ordinary object, so shimmer cannot do it. */

import { type HostFunction, lookAlike } from './observe.ts';

/**
 * @param exports of a module that has just been loaded.
 * @param make receives the exported function and returns its wrapper, which gets the same name and length.
 * @throws where there is no such function: this is not the version of the framework that the hook was written for
 */
export function wrapExport<Original extends HostFunction>(
  exports: object,
  name: string,
  make: (original: Original) => HostFunction,
): void {
  const functions = exports as Record<string, HostFunction>;
  const original = functions[name];
  if (typeof original !== 'function') throw new TypeError(`it does not export ${name}`);
  functions[name] = lookAlike(make(original as Original), original);
}
