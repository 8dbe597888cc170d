/**
 * The door between a server's requests and the API: is this request for us, may its sender see us, and what does it ask.
 * Used on the application's own port and on `listen`'s.
 */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { AccessRules } from './access.ts';
import { tokenCookie } from './token-check.ts';
import { MAX_BODY_BYTES } from './types.ts';
import { wantsPage } from './wants-page.ts';

export interface Arrival {
  readonly method: string;
  /** As in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly remoteAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly secure: boolean;
}

/** @param request of an http or https server. */
export function arrivalOf({ method = 'GET', url = '/', headers, httpVersion, socket }: IncomingMessage): Arrival {
  const secure = (socket as Partial<TLSSocket>).encrypted === true;
  const { remoteAddress, localPort } = socket;
  return { method, url, headers, httpVersion, remoteAddress, localPort, secure };
}

/** What to do with an arrival. `pass`: it is the application's to answer. */
export type Passage =
  | { readonly kind: 'pass' }
  | { readonly kind: 'redirect'; readonly location: string; readonly cookie?: string }
  | {
      readonly kind: 'ask';
      readonly method: string;
      readonly path: string;
      readonly query: string;
      readonly headers: Record<string, string | undefined>;
    };

const PASS: Passage = { kind: 'pass' };

/** The only headers that the API reads. */
const READ_HEADERS = [
  'accept',
  'accept-encoding',
  'host',
  ':authority',
  'origin',
  'sec-fetch-site',
  'user-agent',
  'x-profiler',
  'content-type',
  'if-none-match',
];

export interface GateOptions {
  readonly path: string;
  readonly token: string | undefined;
  readonly rules: AccessRules;
}

export class Gate {
  readonly #path: string;
  readonly #token: string | undefined;
  readonly #rules: AccessRules;

  constructor({ path, token, rules }: GateOptions) {
    this.#path = path;
    this.#token = token;
    this.#rules = rules;
  }

  /** Whether a URL is below the UI's path; cheap, for it is asked of every request. */
  isOurs(url: string): boolean {
    if (!url.startsWith(this.#path)) return false;
    const next = url.charCodeAt(this.#path.length);
    // End of the URL, '/', '?' or '#'.
    return Number.isNaN(next) || next === 0x2f || next === 0x3f || next === 0x23;
  }

  /** @param arrival one for which `isOurs` is true. */
  judge(arrival: Arrival): Passage {
    const [target = '', query = ''] = splitOnce(arrival.url, '?');
    const params = new URLSearchParams(query);
    const verdict = this.#rules.judge({
      remoteAddress: arrival.remoteAddress,
      localPort: arrival.localPort,
      headers: arrival.headers,
      httpVersion: arrival.httpVersion,
      queryToken: params.get('token'),
    });
    if (verdict === 'refuse') return PASS;
    if (params.has('token')) {
      params.delete('token');
      // Relative, so that it holds behind a proxy that adds a prefix: the last segment of the same path, which must not look like a URL.
      const location = `./${lastSegment(target)}${withQuery(params)}`;
      if (verdict === 'remember' && this.#token !== undefined) {
        return { kind: 'redirect', location, cookie: tokenCookie(this.#token, this.#path, arrival.secure) };
      }
    }
    if (target === this.#path && arrival.method === 'GET' && wantsPage(arrival.headers.accept)) {
      // The page's URLs are relative to the folder below which all of ours is.
      return { kind: 'redirect', location: `./${lastSegment(target)}/${withQuery(params)}` };
    }
    const headers: Record<string, string | undefined> = {};
    for (const name of READ_HEADERS) {
      const value = arrival.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    return {
      kind: 'ask',
      method: arrival.method,
      path: target.slice(this.#path.length).replace(/^\/+/, ''),
      query: params.toString(),
      headers,
    };
  }
}

/** Collects a body up to the limit; one byte more says that it was exceeded. */
export class BodyCollector {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    if (this.#length > MAX_BODY_BYTES) return;
    this.#chunks.push(chunk.subarray(0, MAX_BODY_BYTES + 1 - this.#length));
    this.#length += chunk.length;
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function withQuery(params: URLSearchParams): string {
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
