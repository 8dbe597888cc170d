/** TokenCheck: a shared secret, and what it costs to guess it. */

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import type { Visitor } from '../../../src/api/access.ts';
import { COOKIE_NAME, cookieValue, TokenCheck, tokenCookie } from '../../../src/api/token-check.ts';

const TOKEN = 'correct-horse-battery-staple';
const MINUTE = 60_000;

interface Try {
  readonly bearer?: string;
  readonly query?: string;
  readonly cookie?: string;
  readonly from?: string | undefined;
}

function visitorOf({ bearer, query, cookie, ...given }: Try): Visitor {
  return {
    localPort: 3000,
    remoteAddress: 'from' in given ? given.from : '10.0.0.1',
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(cookie === undefined ? {} : { cookie }),
    },
    httpVersion: '1.1',
    queryToken: query ?? null,
  };
}

/** A check whose clock the test moves. */
function checkOf(): { judge(one: Try): string; wait(ms: number): void } {
  let now = 1_700_000_000_000;
  const check = new TokenCheck(TOKEN, () => now);
  return {
    judge: (one) => check.judge(visitorOf(one)),
    wait(ms) {
      now += ms;
    },
  };
}

const COOKIE = `${COOKIE_NAME}=${cookieValue(TOKEN)}`;

test('the token is accepted as a bearer token, from the URL, and as the cookie that the URL brought', () => {
  const { judge } = checkOf();
  assert.equal(judge({ bearer: TOKEN }), 'admit');
  assert.equal(judge({ query: TOKEN }), 'remember');
  assert.equal(judge({ cookie: COOKIE }), 'admit');
  assert.equal(judge({ cookie: `theme=dark; ${COOKIE}; other=1` }), 'admit');
});

test('nothing, half of it and something like it are refused', () => {
  const { judge } = checkOf();
  assert.equal(judge({}), 'refuse');
  for (const wrong of ['', TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase()]) {
    assert.equal(judge({ query: wrong, from: `query ${wrong}` }), 'refuse');
    assert.equal(judge({ bearer: wrong, from: `bearer ${wrong}` }), 'refuse');
  }
});

test('the cookie does not hold the token, and the token is no cookie', () => {
  const { judge } = checkOf();
  assert.equal(cookieValue(TOKEN).includes(TOKEN), false);
  assert.equal(judge({ cookie: `${COOKIE_NAME}=${TOKEN}` }), 'refuse');
  assert.equal(judge({ bearer: cookieValue(TOKEN) }), 'refuse');
  assert.equal(judge({ query: cookieValue(TOKEN) }), 'refuse');
});

test('a cookie of another name that ends alike is none', () => {
  const { judge } = checkOf();
  assert.equal(judge({ cookie: `x${COOKIE}` }), 'refuse');
  assert.equal(judge({ cookie: `other=${COOKIE}` }), 'refuse');
});

test('a wrong cookie does not keep the right token out: the page of another server may have left it', () => {
  assert.equal(checkOf().judge({ cookie: `${COOKIE_NAME}=stale`, query: TOKEN }), 'remember');
  assert.equal(checkOf().judge({ cookie: `${COOKIE_NAME}=stale`, bearer: TOKEN }), 'admit');
});

test('a page that keeps sending the same stale cookie locks nobody out', () => {
  const { judge } = checkOf();
  for (let polls = 0; polls < 100; polls++) assert.equal(judge({ cookie: `${COOKIE_NAME}=stale` }), 'refuse');
  assert.equal(judge({ query: TOKEN }), 'remember');
});

test('after ten wrong tries an address is refused for the rest of the minute, even with the right token', () => {
  const { judge, wait } = checkOf();
  for (let tries = 0; tries < 10; tries++) assert.equal(judge({ query: `guess ${tries}` }), 'refuse');
  assert.equal(judge({ query: TOKEN }), 'refuse');
  assert.equal(judge({ bearer: TOKEN }), 'refuse');
  assert.equal(judge({ query: TOKEN, from: '10.0.0.2' }), 'remember');
  wait(MINUTE + 1);
  assert.equal(judge({ query: TOKEN }), 'remember');
});

test('all ways of trying count together, and so do all unix sockets', () => {
  const { judge } = checkOf();
  for (let at = 0; at < 10; at++) {
    const ways: readonly Try[] = [{ bearer: `x${at}` }, { query: `x${at}` }, { cookie: `${COOKIE_NAME}=x${at}` }];
    judge({ ...ways[at % 3], from: undefined });
  }
  assert.equal(judge({ bearer: TOKEN, from: undefined }), 'refuse');
});

test('a token that nobody can guess is read whatever was tried before: behind a proxy all visitors have one address', () => {
  const long = '0123456789abcdef0123456789abcdef';
  const check = new TokenCheck(long);
  for (let at = 0; at < 100; at++) assert.equal(check.judge(visitorOf({ query: `wrong ${at}` })), 'refuse');
  assert.equal(check.judge(visitorOf({ bearer: long })), 'admit');
});

test('requests without any token are not tries', () => {
  const { judge } = checkOf();
  for (let at = 0; at < 100; at++) judge({ cookie: 'theme=dark' });
  assert.equal(judge({ bearer: TOKEN }), 'admit');
});

test('right tokens are not tries', () => {
  const { judge } = checkOf();
  for (let at = 0; at < 100; at++) assert.equal(judge({ bearer: TOKEN }), 'admit');
});

test('tokens of any length are compared in constant time', () => {
  const compared: number[][] = [];
  const original = crypto.timingSafeEqual;
  mock.method(crypto, 'timingSafeEqual', (a: Buffer, b: Buffer) => {
    compared.push([a.length, b.length]);
    return original(a, b);
  });
  syncBuiltinESMExports();
  try {
    const { judge } = checkOf();
    for (const token of ['x', TOKEN, 'y'.repeat(5000)])
      for (const one of [{ bearer: token }, { query: token }, { cookie: `${COOKIE_NAME}=${token}` }]) judge(one);
  } finally {
    mock.restoreAll();
    syncBuiltinESMExports();
  }
  assert.deepEqual(compared, Array(9).fill([32, 32]));
});

test('a thousand addresses that guess use up the minute for all others, and no more memory', () => {
  const { judge, wait } = checkOf();
  for (let at = 0; at < 100_000; at++) judge({ query: 'guess', from: `address ${at}` });
  assert.equal(judge({ query: TOKEN, from: 'one more' }), 'refuse');
  // Who is known to guess has nine tries left.
  assert.equal(judge({ query: TOKEN, from: 'address 0' }), 'remember');
  wait(MINUTE + 1);
  assert.equal(judge({ query: TOKEN, from: 'one more' }), 'remember');
});

test('the cookie is for the page alone, and no script reads it', () => {
  assert.equal(tokenCookie(TOKEN, '/__profile__', false), `${COOKIE}; Path=/__profile__; HttpOnly; SameSite=Strict`);
  assert.match(tokenCookie(TOKEN, '/__profile__', true), /; Secure$/);
});
