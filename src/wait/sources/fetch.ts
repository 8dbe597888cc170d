/**
 * Calls of the global fetch, until the head of the response is there, and reads of its body by the response's own methods: the channels
 * of Node.js's fetch lack the stack of the caller.
 */

import type { Guard } from '../../host/guard.ts';
import { lookAlike } from '../../request/frameworks/observe.ts';
import { patch } from '../patch.ts';
import type { WaitTracer } from '../tracer.ts';
import { urlLabel } from '../url-label.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of fetch';
/** Each reads the whole body. */
const BODY_METHODS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

export const fetchSource: WaitSource = { name: 'fetch', follow };

type Fetch = typeof globalThis.fetch;
type ReadBody = (this: Response) => Promise<unknown>;

function follow(tracer: WaitTracer, guard: Guard): () => void {
  if (typeof globalThis.fetch !== 'function') return () => {};
  /** Of responses to traced requests. */
  const labels = new WeakMap<Response, string>();
  let unpatchBodies: (() => void) | undefined;
  const unpatchFetch = patch(globalThis, 'fetch', (original: Fetch) => {
    const fetchWithWait = function fetchWithWait(this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
      let label = '';
      const operation = tracer.isTracing
        ? guard.run(FEATURE, () =>
            tracer.begin(fetchWithWait, (stack) => {
              label = labelOf(...args);
              return { label, stack };
            }),
          )
        : undefined;
      const response = Reflect.apply(original, this, args);
      if (!operation) return response;
      // What it returns is a promise of its own: where the host handles no rejection, there is still one that is not handled.
      return response.then(
        (head) => {
          tracer.end(operation);
          guard.run(FEATURE, () => {
            labels.set(head, `${label} (body)`);
            // Not before: Node.js loads its fetch when it is first needed.
            unpatchBodies ??= followBodies(Object.getPrototypeOf(head), labels, tracer, guard);
          });
          return head;
        },
        (error: unknown) => {
          tracer.end(operation);
          throw error;
        },
      );
    };
    return lookAlike(fetchWithWait, original);
  });
  return () => {
    unpatchFetch();
    unpatchBodies?.();
  };
}

function followBodies(
  prototype: Response,
  labels: WeakMap<Response, string>,
  tracer: WaitTracer,
  guard: Guard,
): () => void {
  const undo = BODY_METHODS.filter((name) => Object.hasOwn(prototype, name)).map((name) =>
    patch(prototype, name, (original: ReadBody) => {
      const readWithWait: ReadBody = function readWithWait(this: Response, ...args: []): Promise<unknown> {
        const label = tracer.isTracing ? labels.get(this) : undefined;
        const operation =
          label === undefined
            ? undefined
            : guard.run(FEATURE, () => tracer.begin(readWithWait, (stack) => ({ label, stack })));
        const body = Reflect.apply(original, this, args);
        // As above.
        return operation ? body.finally(() => tracer.end(operation)) : body;
      };
      return lookAlike(readWithWait as never, original as never) as ReadBody;
    }),
  );
  return () => {
    for (const each of undo) each();
  };
}

function labelOf(input: Parameters<Fetch>[0], init?: Parameters<Fetch>[1]): string {
  const isRequest = typeof input === 'object' && 'url' in input;
  const url = new URL(isRequest ? input.url : String(input));
  const method = init?.method ?? (isRequest ? input.method : 'GET');
  return urlLabel('fetch', method.toUpperCase().slice(0, 20), url.host, url.pathname);
}
