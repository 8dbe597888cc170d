/** Access by a shared secret: header, cookie, or once in the URL. Compares in constant time and slows guessing of short ones down. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Verdict, Visitor } from './access.ts';

export const COOKIE_NAME = 'profiler_token';

const WINDOW_MS = 60_000;
/** Different wrong tokens of one address per window; after them all are refused unread. A page that repeats a stale cookie guesses nothing. */
const MAX_GUESSES = 10;
/** Who guesses at random finds none of these at any rate; and behind a proxy one visitor's guesses would lock everybody out. */
const UNGUESSABLE_LENGTH = 32;
/** Addresses remembered in a window; past this all others are refused unread, so that many addresses neither grow memory nor guess more. */
const MAX_ADDRESSES = 1000;

export class TokenCheck {
  readonly #expected: Buffer;
  readonly #cookie: Buffer;
  /** Per address, fingerprints of what it tried. */
  readonly #guesses = new Map<string, Set<string>>();
  #windowStart = 0;
  readonly #isGuessable: boolean;
  readonly #now: () => number;

  constructor(token: string, now: () => number = Date.now) {
    this.#expected = digest(token);
    this.#cookie = digest(cookieValue(token));
    this.#isGuessable = token.length < UNGUESSABLE_LENGTH;
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
    if (!this.#isGuessable) return 'refuse';
    const guesses = this.#guesses.get(address) ?? new Set();
    guesses.add(digest(JSON.stringify([bearer, queryToken, cookie])).toString('base64', 0, 9));
    this.#guesses.set(address, guesses);
    return 'refuse';
  }

  #isBlocked(address: string): boolean {
    const now = this.#now();
    if (now - this.#windowStart > WINDOW_MS) {
      this.#guesses.clear();
      this.#windowStart = now;
    }
    const guesses = this.#guesses.get(address);
    return guesses === undefined ? this.#guesses.size >= MAX_ADDRESSES : guesses.size >= MAX_GUESSES;
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
