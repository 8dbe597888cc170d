/** Calls of the global fetch, until the head of the response is there: its own channels lack the stack of the caller. */

import type { Guard } from '../../host/guard.ts';
import { lookAlike } from '../../request/frameworks/observe.ts';
import { patch } from '../patch.ts';
import type { WaitTracer } from '../tracer.ts';
import { urlLabel } from '../url-label.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of fetch';

export const fetchSource: WaitSource = { name: 'fetch', follow };

type Fetch = typeof globalThis.fetch;

function follow(tracer: WaitTracer, guard: Guard): () => void {
  if (typeof globalThis.fetch !== 'function') return () => {};
  return patch(globalThis, 'fetch', (original: Fetch) => {
    const fetchWithWait = function fetchWithWait(this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
      const operation = tracer.isTracing
        ? guard.run(FEATURE, () => tracer.begin(fetchWithWait, (stack) => ({ label: labelOf(...args), stack })))
        : undefined;
      const response = Reflect.apply(original, this, args);
      // What it returns is a promise of its own: where the host handles no rejection, there is still one that is not handled.
      return operation ? response.finally(() => tracer.end(operation)) : response;
    };
    return lookAlike(fetchWithWait, original);
  });
}

function labelOf(input: Parameters<Fetch>[0], init?: Parameters<Fetch>[1]): string {
  const isRequest = typeof input === 'object' && 'url' in input;
  const url = new URL(isRequest ? input.url : String(input));
  const method = init?.method ?? (isRequest ? input.method : 'GET');
  return urlLabel('fetch', method.toUpperCase().slice(0, 20), url.host, url.pathname);
}
