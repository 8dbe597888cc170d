/**
 * Requests of HTTP/2 clients, until the head of the response, and then the reading of its body; of a request that is read before there is a
 * head, all of it is one operation. Node.js 20 publishes no channels of them.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { Guard } from '../../host/guard.ts';
import { endsWithCallbacks, enterAt, followListeners } from '../follow-body.ts';
import type { Operation } from '../trace.ts';
import type { WaitTracer } from '../tracer.ts';
import { urlLabel } from '../url-label.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of http2 clients';

export const http2ClientSource: WaitSource = { name: 'HTTP/2 clients', follow };

/** Is published while the caller's stack is there. */
const CREATED = 'http2.client.stream.created';
const CLOSED = 'http2.client.stream.close';

interface Created {
  readonly stream: ClientHttp2Stream;
  readonly headers: OutgoingHttpHeaders;
}

function follow(tracer: WaitTracer, guard: Guard): () => void {
  const open = new WeakMap<object, Operation>();
  const ends = endsWithCallbacks(tracer);
  const createWithWait = (message: unknown): void => {
    if (!tracer.isTracing) return;
    guard.run(FEATURE, () => {
      const { stream, headers } = message as Created;
      const label = `http2 ${labelOf(headers)}`;
      // What another client asks for, such as fetch, is part of its operation.
      const operation = tracer.begin(createWithWait, (stack) =>
        stack.isOfHttpClient || stack.frames.length === 0 || tracer.isWithinDriver(stack) ? null : { label, stack },
      );
      if (!operation) return;
      open.set(stream, operation);
      let isRead = false;
      enterAt(stream, 'response', () => (isRead ? undefined : operation), ends);
      const beginOfBody = (below: (...args: never[]) => unknown): Operation | undefined => {
        isRead = true;
        if (operation.endMicros === 0) return operation;
        if (!tracer.isTracing) return undefined;
        return tracer.begin(below, (stack) => ({ label: `${label} (body)`, stack }));
      };
      followListeners(stream, { ...ends, begin: (below) => guard.run(FEATURE, () => beginOfBody(below)) });
    });
  };
  const endWithStream = (message: unknown): void => {
    const operation = open.get((message as Created).stream);
    if (operation) tracer.end(operation);
  };
  subscribe(CREATED, createWithWait);
  subscribe(CLOSED, endWithStream);
  return () => {
    unsubscribe(CREATED, createWithWait);
    unsubscribe(CLOSED, endWithStream);
  };
}

function labelOf(headers: OutgoingHttpHeaders): string {
  const { ':method': method, ':authority': authority, ':path': path } = headers;
  return urlLabel(String(method ?? 'GET'), String(authority ?? headers['host'] ?? ''), String(path ?? ''));
}
