/**
 * Decides who sees the UI (docs/security.md). Runs on the host's thread before anything of ours answers: whoever is refused must get
 * exactly what the application itself answers, so a refusal is silent.
 */

import type { IncomingHttpHeaders } from 'node:http';
import type { Access } from '../config/options.ts';
import { TokenCheck } from './token-check.ts';

export interface Visitor {
  /** Address of the peer; undefined for a unix socket. */
  readonly remoteAddress: string | undefined;
  /** Port that the visitor has reached; undefined for a unix socket. */
  readonly localPort: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** As in the request line: '1.0', '1.1', '2.0'. */
  readonly httpVersion: string;
  /** Value of `?token=`, if any. */
  readonly queryToken: string | null;
}

/** `remember`: the token was right and came in the URL; set the cookie and redirect to the URL without it. */
export type Verdict = 'admit' | 'remember' | 'refuse';

/** Any of these says that the peer speaks for someone else. */
const FORWARDING_HEADERS = /^(?:x-forwarded-.*|forwarded|x-real-ip|via|cf-.*|true-client-ip)$/;
const LOOPBACK_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i;
/** Whoever opens one of these needs no port in the URL. */
const DEFAULT_PORTS: ReadonlySet<number | undefined> = new Set([80, 443]);
/** What nginx says to what is behind it where nobody has told it otherwise, and where it was told for WebSockets; no browser does. */
const PROXY_CONNECTION = /^(?:close|upgrade)$/i;

export class AccessRules {
  readonly #access: Access;
  readonly #token: TokenCheck | undefined;

  constructor(access: Access, token: string | undefined) {
    this.#access = access;
    this.#token = access === 'token' && token !== undefined ? new TokenCheck(token) : undefined;
  }

  judge(visitor: Visitor): Verdict {
    switch (this.#access) {
      case 'off':
        return 'refuse';
      case 'open':
        return 'admit';
      case 'local':
        return isLocal(visitor) ? 'admit' : 'refuse';
      case 'token':
        return this.#token?.judge(visitor) ?? 'refuse';
    }
  }
}

/**
 * The peer is this machine, speaks for itself, and named this machine: the last stops DNS rebinding. No browser has spoken HTTP/1.0 for
 * decades, but nginx did to what is behind it until 1.29, by default without a header that would tell. And who opens a port names it: a `Host` without is what a
 * proxy makes of a visitor's.
 */
function isLocal({ remoteAddress, localPort, headers, httpVersion }: Visitor): boolean {
  if (remoteAddress === undefined || !LOOPBACK_ADDRESS.test(remoteAddress)) return false;
  if (httpVersion === '1.0' || PROXY_CONNECTION.test(headers.connection ?? '')) return false;
  for (const name in headers) if (FORWARDING_HEADERS.test(name)) return false;
  const host = LOOPBACK_HOST.exec(String(headers[':authority'] ?? headers.host));
  return host !== null && (host[1] !== undefined || DEFAULT_PORTS.has(localPort));
}
