/** Gate: is a request for us, who may pass, and what is asked. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { AccessRules } from '../../../src/api/access.ts';
import { type Arrival, BodyCollector, Gate, type Passage } from '../../../src/api/gate.ts';
import { cookieValue } from '../../../src/api/token-check.ts';
import { MAX_BODY_BYTES } from '../../../src/api/types.ts';
import type { Access } from '../../../src/config/options.ts';

const PATH = '/__profile__';
const TOKEN = 'secret';

function gateOf(access: Access = 'open', path: string = PATH): Gate {
  const token = access === 'token' ? TOKEN : undefined;
  return new Gate({ path, token, rules: new AccessRules(access, token) });
}

function judge(url: string, access: Access = 'open', arrival: Partial<Arrival> = {}): Passage {
  return gateOf(access).judge({
    method: 'GET',
    url,
    headers: { host: 'localhost' },
    httpVersion: '1.1',
    remoteAddress: '127.0.0.1',
    localPort: 3000,
    secure: false,
    ...arrival,
  });
}

function asked(url: string): { path: string; query: string } {
  const passage = judge(url);
  assert.equal(passage.kind, 'ask');
  return { path: passage.path, query: passage.query };
}

test('what is below the path is ours', () => {
  const gate = gateOf();
  for (const url of [
    PATH,
    `${PATH}/`,
    `${PATH}?sort=time`,
    `${PATH}#top`,
    `${PATH}/api/v1/status`,
    `${PATH}/../etc`,
    `${PATH}//x`,
  ])
    assert.equal(gate.isOurs(url), true, url);
});

test('what only begins like the path, or names it in another way, is the application’s', () => {
  const gate = gateOf();
  for (const url of [
    '/',
    '',
    '*',
    '/__profile__x',
    '/__profile__.html',
    '/__profile__;a=1',
    '/__profile__%2f',
    '/__profile_',
    '/__PROFILE__',
    '//__profile__',
    '/./__profile__',
    '/a/../__profile__',
    '/app/__profile__',
    'http://localhost/__profile__',
    '?/__profile__',
  ])
    assert.equal(gate.isOurs(url), false, url);
});

test('a path of several segments works alike', () => {
  const gate = gateOf('open', '/internal/profile');
  assert.equal(gate.isOurs('/internal/profile/stats'), true);
  assert.equal(gate.isOurs('/internal'), false);
  assert.equal(gate.isOurs('/internal/profiles'), false);
});

test('the question is what follows the path, and the query as it came', () => {
  assert.deepEqual(asked(PATH), { path: '', query: '' });
  assert.deepEqual(asked(`${PATH}/`), { path: '', query: '' });
  assert.deepEqual(asked(`${PATH}/stats?sort=time&limit=5`), { path: 'stats', query: 'sort=time&limit=5' });
  assert.deepEqual(asked(`${PATH}/debug/pprof/?seconds=1`), { path: 'debug/pprof/', query: 'seconds=1' });
  assert.deepEqual(asked(`${PATH}/api/v1/profile?route=GET%20/a%3Fb&route=x`), {
    path: 'api/v1/profile',
    query: 'route=GET+%2Fa%3Fb&route=x',
  });
});

test('no path is resolved or decoded: it is compared with known ones, and no file is ever opened for it', () => {
  assert.equal(asked(`${PATH}/../../etc/passwd`).path, '../../etc/passwd');
  assert.equal(asked(`${PATH}/%2e%2e/x`).path, '%2e%2e/x');
});

test('whoever may not see the page is passed on, whatever they ask', () => {
  for (const url of [PATH, `${PATH}/api/v1/status`, `${PATH}?token=wrong`]) {
    assert.deepEqual(judge(url, 'off'), { kind: 'pass' });
    assert.deepEqual(judge(url, 'local', { remoteAddress: '8.8.8.8' }), { kind: 'pass' });
    assert.deepEqual(judge(url, 'token'), { kind: 'pass' });
  }
});

test('of all headers only those that the API reads are handed on', () => {
  const passage = judge(`${PATH}/`, 'open', {
    headers: {
      host: 'localhost',
      accept: 'text/html',
      cookie: 'session=1',
      authorization: 'Bearer x',
      'x-custom': '1',
      'x-profiler': '1',
    },
  });
  assert.deepEqual(passage.kind === 'ask' && passage.headers, {
    accept: 'text/html',
    host: 'localhost',
    'x-profiler': '1',
  });
});

test('a browser is sent to the slash at the end of the path, for the page’s URLs are relative; a command line is not', () => {
  const locationOf = (url: string, accept: string): string | undefined => {
    const passage = judge(url, 'open', { headers: { host: 'localhost', accept } });
    return passage.kind === 'redirect' ? passage.location : undefined;
  };
  const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';
  assert.equal(locationOf(PATH, browser), './__profile__/');
  assert.equal(locationOf(`${PATH}?sort=time`, browser), './__profile__/?sort=time');
  assert.equal(locationOf(`${PATH}/`, browser), undefined);
  assert.equal(locationOf(PATH, '*/*'), undefined);
  assert.equal(locationOf(`${PATH}/stats`, browser), undefined);
});

/** Where a browser that was at a URL goes. */
function redirected(url: string, base: string, secure = false): { url: string; cookie: string | undefined } {
  const passage = judge(url, 'token', { secure });
  assert.equal(passage.kind, 'redirect');
  return { url: new URL(passage.location, base).href, cookie: passage.cookie };
}

test('the right token in the URL becomes a cookie, and the URL loses it', () => {
  const { url, cookie } = redirected(`${PATH}?token=secret`, `http://localhost:3000${PATH}?token=secret`);
  assert.equal(url, `http://localhost:3000${PATH}`);
  assert.equal(cookie, `profiler_token=${cookieValue(TOKEN)}; Path=${PATH}; HttpOnly; SameSite=Strict`);
  assert.match(redirected(`${PATH}?token=secret`, 'https://localhost', true).cookie ?? '', /; Secure$/);
});

test('the redirect keeps the page and the rest of the query', () => {
  const from = (url: string): string => redirected(url, `http://localhost${url}`).url;
  assert.equal(from(`${PATH}/?token=secret`), `http://localhost${PATH}/`);
  assert.equal(from(`${PATH}/stats?sort=time&token=secret&limit=5`), `http://localhost${PATH}/stats?sort=time&limit=5`);
  assert.equal(from(`${PATH}/debug/pprof/?token=secret`), `http://localhost${PATH}/debug/pprof/`);
  assert.equal(from(`${PATH}/stats?token=secret&token=again`), `http://localhost${PATH}/stats`);
});

test('the redirect is right behind a proxy that adds a prefix', () => {
  assert.equal(
    redirected(`${PATH}?token=secret`, `https://shop.example/app${PATH}?token=secret`).url,
    `https://shop.example/app${PATH}`,
  );
  assert.equal(
    redirected(`${PATH}/stats?token=secret`, `https://shop.example/a/b${PATH}/stats`).url,
    `https://shop.example/a/b${PATH}/stats`,
  );
});

test('property: the redirect never leaves the page’s own server', () => {
  const tail = fc.oneof(
    fc.stringMatching(/^(?:\/[\w.~:@%!$&'()*+,;=-]{0,20}){0,4}$/),
    fc.constantFrom(
      '/javascript:alert(1)',
      '/http:evil.com',
      '/\\\\evil.com',
      '//evil.com',
      '/https://evil.com',
      '/..',
    ),
    fc.string().map((text) => `/${text.replace(/[?#]/g, '')}`),
  );
  fc.assert(
    fc.property(tail, (path) => {
      const passage = judge(`${PATH}${path}?token=secret`, 'token');
      assert.equal(passage.kind, 'redirect');
      const target = new URL(passage.location, `https://shop.example/app${PATH}/x/`);
      assert.equal(target.origin, 'https://shop.example');
    }),
  );
});

test('where no token is needed one in the URL is taken out and not looked at', () => {
  assert.deepEqual(asked(`${PATH}/stats?token=anything&sort=time`), { path: 'stats', query: 'sort=time' });
});

test('with the right header a wrong token in the URL does not matter, and is not handed on', () => {
  const passage = judge(`${PATH}/stats?token=wrong`, 'token', { headers: { authorization: 'Bearer secret' } });
  assert.equal(passage.kind === 'ask' && passage.query, '');
});

test('a body is kept up to the limit and one byte, so that its excess shows', () => {
  const whole = new BodyCollector();
  for (const part of ['{"on"', ': true}']) whole.add(Buffer.from(part));
  assert.equal(whole.toString(), '{"on": true}');
  const endless = new BodyCollector();
  for (let at = 0; at < 1000; at++) endless.add(Buffer.alloc(1000, 'x'));
  assert.equal(endless.toString().length, MAX_BODY_BYTES + 1);
  const exact = new BodyCollector();
  exact.add(Buffer.alloc(MAX_BODY_BYTES, 'x'));
  assert.equal(exact.toString().length, MAX_BODY_BYTES);
});

test('characters cut by chunks are put together again', () => {
  const body = new BodyCollector();
  for (const byte of Buffer.from('{"ü": "€"}')) body.add(Buffer.from([byte]));
  assert.equal(body.toString(), '{"ü": "€"}');
});
