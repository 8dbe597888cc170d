/** Wraps a function of the host's for as long as waits are traced. */

import shimmer from 'shimmer';

type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * @param make receives the original and returns its wrapper.
 * @returns what takes the wrapper off; it stays, and has nothing to do, where the host has put a patch of its own on top.
 */
export function patch<Original extends AnyFunction>(
  target: object,
  name: string,
  make: (original: Original) => Original,
): () => void {
  const functions = target as Record<string, Original>;
  shimmer.wrap(functions, name, make);
  const wrapper = functions[name];
  return () => {
    if (functions[name] === wrapper) shimmer.unwrap(functions, name);
  };
}
