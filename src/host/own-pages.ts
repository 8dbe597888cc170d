/** The profiler's pages on the application's own port: the host's thread only carries bytes between the client and the collector. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { arrivalOf, BodyCollector, type Gate, type Passage } from '../api/gate.ts';
import type { ApiRequest, ApiResponse } from '../api/types.ts';
import type { OwnPages } from '../request/server-emit.ts';
import { every } from './every.ts';
import type { Guard } from './guard.ts';

const FEATURE = 'the page';
/** How often a request that is being answered looks whether its server closes. */
const CLOSING_CHECK_MS = 250;

/** Asks the collector. The callback runs at most once, never after `abort`. */
export interface CollectorLink {
  ask(request: ApiRequest, answer: (response: ApiResponse) => void): { abort(): void };
}

type Reply = (status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array) => void;

export class HostPages implements OwnPages {
  readonly #gate: Gate;
  readonly #link: CollectorLink;
  readonly #guard: Guard;
  /** Undefined once it has been called. */
  #onClash: ((status: number) => void) | undefined;
  /** Responses and streams of requests for the page that were left to the application. */
  readonly #passed = new WeakSet<object>();
  /** So that other requests, which are nearly all, are not looked up. */
  #hasPassed = false;

  /** @param onClash called once, when the application turns out to have an answer of its own at the page's path. */
  constructor(gate: Gate, link: CollectorLink, guard: Guard, onClash?: (status: number) => void) {
    this.#gate = gate;
    this.#link = link;
    this.#guard = guard;
    this.#onClash = onClash;
  }

  answer(request: IncomingMessage, response: ServerResponse): boolean {
    // Nothing else here: the closures of what follows would be paid for by every request.
    return this.#gate.isOurs(request.url ?? '/') && !this.#guard.isOff(FEATURE) && this.#answerOwn(request, response);
  }

  #answerOwn(request: IncomingMessage, response: ServerResponse): boolean {
    const passage = this.#gate.judge(arrivalOf(request));
    // A kept-alive connection of an open UI would delay the host's server.close(); http2 knows no such header.
    const closing = request.httpVersionMajor >= 2 ? {} : { connection: 'close' };
    const reply: Reply = (status, headers, body) => {
      if (response.destroyed || response.headersSent) return;
      response.writeHead(status, { ...headers, ...closing });
      response.end(body);
    };
    const { server } = request.socket as { server?: Server };
    return this.#carry(passage, request, response, reply, server?.listening ? server : undefined);
  }

  answerStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
    const url = String(headers[':path'] ?? '/');
    if (!this.#gate.isOurs(url) || this.#guard.isOff(FEATURE)) return false;
    const socket = stream.session?.socket;
    const passage = this.#gate.judge({
      method: String(headers[':method'] ?? 'GET'),
      url,
      headers,
      httpVersion: '2.0',
      remoteAddress: socket?.remoteAddress,
      localPort: socket?.localPort,
      secure: stream.session?.encrypted === true,
    });
    return this.#carry(passage, stream, stream, (status, answerHeaders, body) => {
      if (stream.destroyed || stream.headersSent) return;
      stream.respond({ ':status': status, ...answerHeaders });
      stream.end(body);
    });
  }

  ended(target: object, status: number): void {
    if (!this.#hasPassed || !this.#passed.has(target) || status < 200 || status > 299) return;
    this.#hasPassed = false;
    this.#onClash?.(status);
    this.#onClash = undefined;
  }

  /** @param server the host's, where it is to be watched: an answer that takes long must not delay its close(). */
  #carry(passage: Passage, source: Readable, target: Writable, reply: Reply, server?: Server): boolean {
    if (passage.kind === 'pass') {
      if (this.#onClash) {
        this.#hasPassed = true;
        this.#passed.add(target);
      }
      return false;
    }
    const orClose = (body: () => void): void => {
      const isDone = this.#guard.run(FEATURE, () => {
        body();
        return true;
      });
      if (!isDone) target.destroy();
    };
    const replyOrClose: Reply = (status, headers, content) => orClose(() => reply(status, headers, content));
    if (passage.kind === 'redirect') {
      replyOrClose(
        303,
        { location: passage.location, ...(passage.cookie ? { 'set-cookie': passage.cookie } : {}) },
        '',
      );
      return true;
    }
    const body = new BodyCollector();
    source.on('data', (chunk: Buffer) => body.add(chunk));
    // A client that goes away mid-request is no error of the host's.
    source.on('error', () => {});
    target.on('error', () => {});
    const ask = (): void => {
      const { method, path, query, headers } = passage;
      const asked = this.#link.ask({ method, path, query, headers, body: body.toString() }, (response) =>
        replyOrClose(response.status, response.headers, response.body),
      );
      const stopLooking =
        server &&
        every(CLOSING_CHECK_MS, () => {
          if (!server.listening) target.destroy();
        });
      target.on('close', () => {
        stopLooking?.();
        asked.abort();
      });
    };
    source.on('end', () => orClose(ask));
    return true;
  }
}
