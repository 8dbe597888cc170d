/** Patches `emit` of a prototype that inherits it, or of one object, without getting in the way of other patches. */

import { EventEmitter } from 'node:events';
import shimmer from 'shimmer';

export type EmitArgs = [event: string | symbol, ...rest: unknown[]];

export type Emit = (this: EventEmitter, ...args: EmitArgs) => boolean;

/** Calls the emit that would have been called without us: looked up late, because `domain` and others replace it later. */
const inheritedEmit: Emit = function emit() {
  return EventEmitter.prototype.emit.apply(this, arguments as unknown as Parameters<EventEmitter['emit']>);
};

/**
 * @param target a prototype, or a single emitter.
 * @param makeWrapper receives the original, returns the wrapper; its name shows in stacks.
 */
export function wrapEmit(target: object, makeWrapper: (original: Emit) => Emit): void {
  const own = Object.hasOwn(target, 'emit');
  shimmer.wrap(target as { emit: Emit }, 'emit', (original) =>
    makeWrapper(own || original !== EventEmitter.prototype.emit ? original : inheritedEmit),
  );
}
