/** Patches `emit` of a prototype that inherits it, or of one object, without getting in the way of other patches. */

import { EventEmitter } from 'node:events';
import shimmer from 'shimmer';

export type EmitArgs = [event: string | symbol, ...rest: unknown[]];

export type Emit = (this: EventEmitter, ...args: EmitArgs) => boolean;

/** What has the method that all emitters inherit, unless `domain` or others have replaced it; at hand, because V8 takes a detour for `EventEmitter.prototype`. */
export const inheritedByAll: { readonly emit: Emit } = EventEmitter.prototype;

/**
 * @param target a prototype, or a single emitter.
 * @param makeWrapper receives the original and returns the wrapper; its name shows in stacks. Undefined stands for what is inherited from
 *   EventEmitter, which is to be looked up at each call, because `domain` and others replace it later.
 */
export function wrapEmit(target: object, makeWrapper: (original: Emit | undefined) => Emit): void {
  const own = Object.hasOwn(target, 'emit');
  shimmer.wrap(target as { emit: Emit }, 'emit', (original) =>
    makeWrapper(own || original !== inheritedByAll.emit ? original : undefined),
  );
}
