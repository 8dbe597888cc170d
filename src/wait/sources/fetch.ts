/** Calls of the global fetch, until the head of the response is there: its own channels lack the stack of the caller. */

import shimmer from 'shimmer';
import type { Guard } from '../../host/guard.ts';
import type { WaitTracer } from '../tracer.ts';
import { urlLabel } from '../url-label.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of fetch';

export const fetchSource: WaitSource = { name: 'fetch', follow };

type Fetch = typeof globalThis.fetch;

function follow(tracer: WaitTracer, guard: Guard): () => void {
  if (typeof globalThis.fetch !== 'function') return () => {};
  shimmer.wrap(globalThis, 'fetch', (original: Fetch) => {
    // What it returns where it traces is a promise of its own: one that the host does not handle stays unhandled.
    const fetchWithWait: Fetch = function fetch(this: unknown, input, init) {
      const operation = tracer.isTracing
        ? guard.run(FEATURE, () => tracer.begin(fetchWithWait, (stack) => ({ label: labelOf(input, init), stack })))
        : undefined;
      const response = Reflect.apply(original, this, arguments as unknown as Parameters<Fetch>);
      return operation ? response.finally(() => tracer.end(operation)) : response;
    };
    return fetchWithWait;
  });
  return () => shimmer.unwrap(globalThis, 'fetch');
}

function labelOf(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): string {
  const isRequest = typeof input === 'object' && 'url' in input;
  const url = new URL(isRequest ? input.url : String(input));
  const method = init?.method ?? (isRequest ? input.method : 'GET');
  return urlLabel('fetch', method.toUpperCase().slice(0, 20), url.host, url.pathname);
}
