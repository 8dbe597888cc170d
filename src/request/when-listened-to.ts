/** Tells of streams of a class that somebody listens to: most messages that an http server makes nobody ever does, and those are left as they are. */

import type { EventEmitter } from 'node:events';
import { type HostFunction, lookAlike } from './frameworks/observe.ts';

/** What every other way ends in, `once`, pipes and iterators included. */
export const LISTENING_METHODS = ['on', 'addListener', 'prependListener'] as const;

type Listen<Emitter> = (this: Emitter, ...args: unknown[]) => unknown;

/** @param method that was called: it and what is above it are no part of the host's stack. */
export type Listened<Emitter> = (emitter: Emitter, event: unknown, method: Listen<Emitter>) => void;

interface Watched {
  watchers: readonly Listened<never>[];
}

/** One patch for all of a class: each layer of it would be paid for by every request, because Node.js itself listens to each message. */
const patched = new Map<object, Watched>();

/**
 * @param prototype of the class.
 * @param listened called before each listener is added; must not throw.
 * @returns what ends that
 */
export function whenListenedTo<Emitter extends EventEmitter>(
  prototype: Emitter,
  listened: Listened<Emitter>,
): () => void {
  const watched = patched.get(prototype) ?? patch(prototype);
  watched.watchers = [...watched.watchers, listened];
  return () => {
    watched.watchers = watched.watchers.filter((watcher) => watcher !== listened);
  };
}

/** What the class inherits is looked up at each call, as without us: the host may patch streams later. And it stays enumerable, as theirs is. */
function patch<Emitter extends EventEmitter>(prototype: Emitter): Watched {
  const watched: { watchers: readonly Listened<Emitter>[] } = { watchers: [] };
  const parent = Object.getPrototypeOf(prototype) as Record<(typeof LISTENING_METHODS)[number], Listen<Emitter>>;
  for (const name of LISTENING_METHODS) {
    const own = Object.getOwnPropertyDescriptor(prototype, name)?.value as Listen<Emitter> | undefined;
    const listenWhileWatched: Listen<Emitter> = function listenWhileWatched(this, ...args) {
      for (const watcher of watched.watchers) watcher(this, args[0], listenWhileWatched);
      return Reflect.apply(own ?? parent[name], this, args);
    };
    const value = lookAlike(listenWhileWatched as HostFunction, (own ?? parent[name]) as HostFunction);
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: true });
  }
  patched.set(prototype, watched);
  return watched;
}
