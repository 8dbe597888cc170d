/** Tells of emitters that somebody listens to: most that a server makes nobody ever does, and those are left as they are. */

import type { EventEmitter } from 'node:events';
import shimmer from 'shimmer';
import { type HostFunction, lookAlike } from './frameworks/observe.ts';

/** What every other way ends in, `once`, pipes and iterators included. */
const LISTEN = ['on', 'addListener', 'prependListener'] as const;

type Listen<Kind> = (this: Kind, ...args: unknown[]) => unknown;

/** @param listened called before each listener is added to an emitter of this prototype; must not throw. */
export function whenListenedTo<Kind extends EventEmitter>(
  prototype: Kind,
  listened: (emitter: Kind, event: unknown) => void,
): void {
  const methods = prototype as Record<(typeof LISTEN)[number], Listen<Kind>>;
  for (const name of LISTEN)
    shimmer.wrap(methods, name, (original) => {
      const listenWhileWatched: Listen<Kind> = function listenWhileWatched(this, ...args) {
        listened(this, args[0]);
        return Reflect.apply(original, this, args);
      };
      return lookAlike(listenWhileWatched as HostFunction, original as HostFunction) as Listen<Kind>;
    });
}
