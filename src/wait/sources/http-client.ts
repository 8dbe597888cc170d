/** Requests of http and https clients, from their making to the head of the response. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, type ClientRequest } from 'node:http';
import type { Guard } from '../../host/guard.ts';
import { clientLabel } from '../client-label.ts';
import { patch } from '../patch.ts';
import type { Operation } from '../trace.ts';
import type { WaitTracer } from '../tracer.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of http clients';

export const httpClientSource: WaitSource = { name: 'http, https clients', follow };

/** Is published while the caller's stack is there; the channels before it come when the request is sent. */
const CREATED = 'http.client.request.created';
/** Node.js that publishes it. */
const HAS_CREATED = isAtLeast(22, 12);

type AddRequest = (this: Agent, request: ClientRequest, ...rest: unknown[]) => unknown;

function follow(tracer: WaitTracer, guard: Guard): () => void {
  const open = new WeakMap<ClientRequest, Operation>();
  const begin = (request: ClientRequest, below: (...args: never[]) => unknown): void => {
    if (!tracer.isTracing) return;
    guard.run(FEATURE, () => {
      const operation = tracer.begin(below, (stack) => ({ label: clientLabel(request), stack }));
      if (operation) open.set(request, operation);
    });
  };
  const createWithWait = (message: unknown): void => {
    begin((message as { request: ClientRequest }).request, createWithWait);
  };
  const operationOf = (message: unknown): Operation | undefined =>
    open.get((message as { request: ClientRequest }).request);
  const listeners: [string, (message: unknown) => void][] = [
    [
      'http.client.response.finish',
      (message) => {
        const operation = operationOf(message);
        // The request's callback is called next. A head of status 1xx came before it, perhaps.
        if (operation?.endMicros === 0) tracer.enter(operation);
      },
    ],
    [
      'http.client.request.error',
      (message) => {
        const operation = operationOf(message);
        if (operation) tracer.end(operation);
      },
    ],
  ];
  if (HAS_CREATED) listeners.push([CREATED, createWithWait]);
  const unpatch = HAS_CREATED ? undefined : wrapAgent(begin);
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of listeners) unsubscribe(channel, listener);
    unpatch?.();
  };
}

/** A request's constructor hands itself to its agent. */
function wrapAgent(begin: (request: ClientRequest, below: AddRequest) => void): () => void {
  return patch(Agent.prototype, 'addRequest', (original: AddRequest) => {
    const addRequestWithWait: AddRequest = function addRequest(this, request, ...rest) {
      begin(request, addRequestWithWait);
      return Reflect.apply(original, this, [request, ...rest]);
    };
    return addRequestWithWait;
  });
}

function isAtLeast(major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
