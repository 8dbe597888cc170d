/** Access by a shared secret: header, cookie, or once in the URL. Compares in constant time and slows guessing down. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Verdict, Visitor } from './access.ts';

export const COOKIE_NAME = 'profiler_token';

const WINDOW_MS = 60_000;
/** Wrong tokens of one address per window; more are refused unread. */
const MAX_FAILURES = 10;
/** Addresses remembered in a window; past this all others are refused unread, so that many addresses neither grow memory nor guess more. */
const MAX_ADDRESSES = 1000;

export class TokenCheck {
  readonly #expected: Buffer;
  readonly #cookie: Buffer;
  readonly #failures = new Map<string, number>();
  #windowStart = 0;
  readonly #now: () => number;

  constructor(token: string, now: () => number = Date.now) {
    this.#expected = digest(token);
    this.#cookie = digest(cookieValue(token));
    this.#now = now;
  }

  judge({ remoteAddress, headers, queryToken }: Visitor): Verdict {
    const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    const cookie = readCookie(headers.cookie);
    if (queryToken === null && bearer === undefined && cookie === undefined) return 'refuse';
    const address = remoteAddress ?? 'socket';
    if (this.#isBlocked(address)) return 'refuse';
    if (bearer !== undefined && timingSafeEqual(digest(bearer), this.#expected)) return 'admit';
    if (queryToken !== null && timingSafeEqual(digest(queryToken), this.#expected)) return 'remember';
    if (cookie !== undefined && timingSafeEqual(digest(cookie), this.#cookie)) return 'admit';
    this.#failures.set(address, (this.#failures.get(address) ?? 0) + 1);
    return 'refuse';
  }

  #isBlocked(address: string): boolean {
    const now = this.#now();
    if (now - this.#windowStart > WINDOW_MS) {
      this.#failures.clear();
      this.#windowStart = now;
    }
    const failures = this.#failures.get(address);
    return failures === undefined ? this.#failures.size >= MAX_ADDRESSES : failures >= MAX_FAILURES;
  }
}

/** What the cookie holds: derived, so that it does not show the token itself. */
export function cookieValue(token: string): string {
  return createHmac('sha256', token).update(COOKIE_NAME).digest('base64url');
}

/** @param secure whether the page came over TLS. */
export function tokenCookie(token: string, path: string, secure: boolean): string {
  return `${COOKIE_NAME}=${cookieValue(token)}; Path=${path}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

function readCookie(header: string | undefined): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE_NAME}=([^;\\s]*)`).exec(header ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
