/** A timer of ours in the host's thread. It never keeps the process alive. */

import timers from 'node:timers';

// Constants: hosts replace the global ones and the module's, some by what returns a number.
const { setInterval, clearInterval } = timers;

/** @param body must not throw. @returns what stops it. */
export function every(periodMs: number, body: () => void): () => void {
  const timer = setInterval(body, periodMs).unref();
  return () => clearInterval(timer);
}
