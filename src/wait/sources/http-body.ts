/**
 * Bodies that are read from http's messages, those of the server's requests and of its clients' responses, and from HTTP/2's streams and
 * requests: from the first listener for data to the last byte. Of whoever listens for the end, the listener is the callback.
 */

import { type ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Guard } from '../../host/guard.ts';
import type { HostFunction } from '../../request/frameworks/observe.ts';
import { clientLabel } from '../client-label.ts';
import { type BodyFollower, endsWithCallbacks, followListeners, readBy } from '../follow-body.ts';
import { followStreams } from '../follow-streams.ts';
import type { WaitTracer } from '../tracer.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of http bodies';
const REQUEST_BODY = 'read request body';

export const httpBodySource: WaitSource = { name: 'http bodies', follow };

function follow(tracer: WaitTracer, guard: Guard): () => void {
  const ends = endsWithCallbacks(tracer);
  /** Streams that Node.js reads for the requests of its compatibility API. */
  const read = new WeakSet<object>();
  const describe = readBy(() => REQUEST_BODY);
  tracer.watchBodies((body: Readable & { readonly stream?: object }) => {
    if (body.stream) read.add(body.stream);
    const beginOfBody = (below: HostFunction): ReturnType<BodyFollower['begin']> =>
      tracer.isTracing && !read.has(body) ? guard.run(FEATURE, () => tracer.begin(below, describe)) : undefined;
    guard.run(FEATURE, () => followListeners(body, { ...ends, begin: beginOfBody }));
  });
  const mayWait = (message: IncomingMessage): boolean => !message.complete && mayHaveBody(message);
  return followStreams(IncomingMessage.prototype, { feature: FEATURE, mayWait, labelOf }, tracer, guard);
}

/** A server's request says in its head whether a body follows; most have none. */
function mayHaveBody({ headers, statusCode }: IncomingMessage): boolean {
  if (typeof statusCode === 'number') return true;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A client's response knows its request. */
function labelOf({ req }: IncomingMessage & { readonly req?: ClientRequest }): string {
  return req ? `${clientLabel(req)} (body)` : REQUEST_BODY;
}
