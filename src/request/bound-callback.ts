/**
 * Callbacks that a library calls from a connection which it may have opened for another request: they run in the request that handed them
 * over. Only our own context is set: the host's AsyncLocalStorage sees what it would see without us.
 */

import type { RequestRecorder } from './recorder.ts';
import type { RequestSlot } from './slot.ts';

type Callback = (this: never, ...args: never[]) => unknown;

/** Name of the function below which a callback begins: what called it, the library's work for others too, is no caller of it. */
export const CALLBACK_FRAME = 'callbackInRequest';

/** @returns a function that is `callback` in the current request, as long as that is open; outside of requests `callback` itself. */
export function boundCallback<Bound extends Callback>(recorder: RequestRecorder, callback: Bound): Bound {
  const slot = recorder.current();
  if (!slot?.isOpen) return callback;
  // Slots are given to other requests.
  const { startMicros } = slot;
  const callbackOfRequest = function callbackOfRequest(this: never, ...args: never[]): unknown {
    return slot.isOpen && slot.startMicros === startMicros
      ? callbackInRequest(recorder, slot, callback, this, args)
      : Reflect.apply(callback, this, args);
  };
  return callbackOfRequest as unknown as Bound;
}

function callbackInRequest(
  recorder: RequestRecorder,
  slot: RequestSlot,
  callback: Callback,
  self: unknown,
  args: never[],
): unknown {
  return recorder.run(slot, callback, self, args);
}
