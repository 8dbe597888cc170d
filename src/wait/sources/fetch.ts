/**
 * Calls of the global fetch, until the head of the response is there, and of its response's methods that read the body: the channels of
 * Node.js's fetch lack the stack of the caller.
 */

import type { Guard } from '../../host/guard.ts';
import { lookAlike } from '../../request/frameworks/observe.ts';
import { endingPromise } from '../ending-promise.ts';
import { fetchLabel } from '../fetch-label.ts';
import { type BodyFollower, followMethods } from '../follow-body.ts';
import { followWebStream } from '../follow-web-stream.ts';
import { patch } from '../patch.ts';
import type { WaitTracer } from '../tracer.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of fetch';

export const fetchSource: WaitSource = { name: 'fetch', follow };

type Fetch = typeof globalThis.fetch;

function follow(tracer: WaitTracer, guard: Guard): () => void {
  if (typeof globalThis.fetch !== 'function') return () => {};
  const followBody = (response: Response, label: string): void => {
    const follower: BodyFollower = {
      begin: (below) =>
        tracer.isTracing ? guard.run(FEATURE, () => tracer.begin(below, (stack) => ({ label, stack }))) : undefined,
      end: (operation) => tracer.end(operation),
    };
    followMethods(response, follower);
    followWebStream(response, { ...follower, attempt: (task) => guard.run(FEATURE, task) });
  };
  return patch(globalThis, 'fetch', (original: Fetch) => {
    const fetchWithWait = function fetchWithWait(this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
      let label = '';
      const operation = tracer.isTracing
        ? guard.run(FEATURE, () =>
            tracer.begin(fetchWithWait, (stack) => {
              label = `fetch ${fetchLabel(...args)}`;
              return { label, stack };
            }),
          )
        : undefined;
      const result = Reflect.apply(original, this, args);
      if (!operation) return result;
      return endingPromise(result, (response) => {
        tracer.end(operation);
        if (response) guard.run(FEATURE, () => followBody(response, `${label} (body)`));
      });
    };
    return lookAlike(fetchWithWait, original);
  });
}
