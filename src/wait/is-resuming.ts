/** Says which functions of Node.js go on with functions after an await. A callback of nextTick is called by the same. */

const RESUMING: ReadonlySet<string | null> = new Set(['processTicksAndRejections', 'runMicrotasks', 'runNextTicks']);

/** @param name of the function right above. */
export function isResuming(name: string | null): boolean {
  return RESUMING.has(name);
}
