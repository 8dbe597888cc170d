/** How hooks look at calls of a framework's functions: first our look, guarded, then the function, untouched. */

import shimmer from 'shimmer';
import { logLine, reasonOf } from '../../host/log.ts';

/** Any function of a framework. */
export type HostFunction = (this: never, ...args: never[]) => unknown;

const wrappers = new WeakSet<object>();

/**
 * Wraps a method once, however often it is asked to: a package can come by several ways, Express's router by itself and with Express.
 * @param make receives the original and returns the wrapper, which gets the original's name and length: frameworks read both.
 * @throws where the method is missing: this is not the version of the framework that the hook was written for
 */
export function wrapMethod<Original extends HostFunction>(
  target: object,
  name: string,
  make: (original: Original) => HostFunction,
): void {
  const methods = target as Record<string, HostFunction>;
  const original = methods[name];
  if (typeof original !== 'function') throw new TypeError(`it has no method ${name}`);
  if (wrappers.has(original)) return;
  shimmer.wrap(methods, name, () => lookAlike(make(original as Original), original));
}

/** @returns a function that calls `look` with the same `this` and arguments before it calls `original`. */
export function observed<Original extends HostFunction>(original: Original, look: HostFunction): Original {
  const guardedLook = guarded(look);
  // Here and below `arguments`, not an array made of them: this runs for every request.
  const handleWithRoute = function handleWithRoute(this: never): unknown {
    guardedLook.apply(this, arguments as unknown as never[]);
    return original.apply(this, arguments as unknown as never[]);
  };
  return lookAlike(handleWithRoute as unknown as Original, original);
}

/** @returns `look`, whose errors do not reach the host: the first is logged and ends it. */
export function guarded<Look extends HostFunction>(look: Look): Look {
  let isBroken = false;
  const guardedLook = function guardedLook(this: never): unknown {
    if (isBroken) return undefined;
    try {
      return look.apply(this, arguments as unknown as never[]);
    } catch (error) {
      isBroken = true;
      logLine(`some routes are not known: ${reasonOf(error)}`);
      return undefined;
    }
  };
  return guardedLook as unknown as Look;
}

/** Gives `wrapper` the name and the length of `original`. */
export function lookAlike<Wrapper extends HostFunction>(wrapper: Wrapper, original: HostFunction): Wrapper {
  wrappers.add(wrapper);
  Object.defineProperties(wrapper, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  return wrapper;
}
