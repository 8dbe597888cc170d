/** Tells of http's messages that somebody listens to: most that a server makes nobody ever does, and those are left as they are. */

import { IncomingMessage } from 'node:http';
import { type HostFunction, lookAlike } from './frameworks/observe.ts';

/** What every other way ends in, `once`, pipes and iterators included. */
export const LISTENING_METHODS = ['on', 'addListener', 'prependListener'] as const;

type Listen = (this: IncomingMessage, ...args: unknown[]) => unknown;

/** @param method that was called: it and what is above it are no part of the host's stack. */
export type Listened = (message: IncomingMessage, event: unknown, method: Listen) => void;

/** One patch for all: each layer of it would be paid for by every request, because Node.js itself listens to each. */
let watchers: readonly Listened[] = [];
let isPatched = false;

/**
 * @param listened called before each listener is added; must not throw.
 * @returns what ends that
 */
export function whenListenedTo(listened: Listened): () => void {
  if (!isPatched) patch();
  isPatched = true;
  watchers = [...watchers, listened];
  return () => {
    watchers = watchers.filter((watcher) => watcher !== listened);
  };
}

/** What messages inherit is looked up at each call, as without us: the host may patch streams later. And it stays enumerable, as theirs is. */
function patch(): void {
  const messages = IncomingMessage.prototype;
  const parent = Object.getPrototypeOf(messages) as Record<(typeof LISTENING_METHODS)[number], Listen>;
  for (const name of LISTENING_METHODS) {
    const own = Object.getOwnPropertyDescriptor(messages, name)?.value as Listen | undefined;
    const listenWhileWatched: Listen = function listenWhileWatched(this, ...args) {
      for (const watcher of watchers) watcher(this, args[0], listenWhileWatched);
      return Reflect.apply(own ?? parent[name], this, args);
    };
    const value = lookAlike(listenWhileWatched as HostFunction, (own ?? parent[name]) as HostFunction);
    Object.defineProperty(messages, name, { value, writable: true, configurable: true, enumerable: true });
  }
}
