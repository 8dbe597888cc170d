/** urlTemplate: what is data in a path becomes a placeholder, and whatever clients send stays short. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { urlTemplate } from '../../../src/request/url-template.ts';

function assertTemplates(expected: Readonly<Record<string, string>>): void {
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((path) => [path, urlTemplate(path)])), expected);
}

test('words stay as they are', () => {
  assertTemplates({
    '/': '/',
    '/users': '/users',
    '/users/': '/users/',
    '/api/v1/health-check': '/api/v1/health-check',
    '/~joe/index.html': '/~joe/index.html',
    '/a//b': '/a//b',
  });
});

test('numbers are ids', () => {
  assertTemplates({
    '/users/42': '/users/:id',
    '/users/42/orders/7': '/users/:id/orders/:id',
    '/0': '/:id',
    '/2024/11/22': '/:id/:id/:id',
    '/v2': '/v2',
    '/top10': '/top10',
    '/api/1.0': '/api/1.0',
  });
});

test('UUIDs are recognised in either case', () => {
  assertTemplates({
    '/orders/123e4567-e89b-12d3-a456-426614174000': '/orders/:uuid',
    '/orders/123E4567-E89B-12D3-A456-426614174000/lines': '/orders/:uuid/lines',
  });
});

test('digests, object ids, ULIDs and tokens are hashes', () => {
  assertTemplates({
    '/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709': '/commit/:hash',
    '/commit/DA39A3EE5E6B4B0D': '/commit/:hash',
    '/commit/da39a3e1': '/commit/:hash',
    '/docs/507f1f77bcf86cd799439011': '/docs/:hash',
    '/events/01ARZ3NDEKTSV4RRFFQ69G5FAV': '/events/:hash',
    '/reset/dGhpcyBpcyBh_IHRva2-Vu1': '/reset/:hash',
  });
});

test('data with an extension keeps the extension', () => {
  assertTemplates({
    '/api/42.json': '/api/:id.json',
    '/invoices/123e4567-e89b-12d3-a456-426614174000.pdf': '/invoices/:uuid.pdf',
    '/avatars/da39a3ee5e6b4b0d3255bfef95601890afd80709.png': '/avatars/:hash.png',
    '/releases/2.0.zip': '/releases/2.0.zip',
    '/assets/chunk-vendor-D3xk9Qa8Zt2.js': '/assets/chunk-vendor-:hash.js',
    '/photos/summer-holidays-2026.jpg': '/photos/summer-holidays-2026.jpg',
    '/.well-known/security.txt': '/.well-known/security.txt',
  });
});

test('long words without a digit are no hashes', () => {
  assertTemplates({
    '/internationalization': '/internationalization',
    '/terms-and-conditions-of-use': '/terms-and-conditions-of-use',
    '/deadbeef': '/deadbeef',
  });
});

test('the hash in the name of a built file is replaced, the name is not', () => {
  assertTemplates({
    '/assets/main.3f9a2c1b.js': '/assets/main.:hash.js',
    '/assets/chunk-4KZJW2QX.css': '/assets/chunk-:hash.css',
    '/assets/index-Dn3kq0Yb.js.map': '/assets/index-:hash.js.map',
    '/assets/jquery.min.js': '/assets/jquery.min.js',
    '/assets/application.js': '/assets/application.js',
    '/img/logo-2.png': '/img/logo-2.png',
  });
});

test('a segment too long to be a name is text', () => {
  assert.equal(urlTemplate(`/search/${'word '.repeat(20)}`), '/search/:text');
});

test('deep paths end in a star', () => {
  assert.equal(urlTemplate('/a/b/c/d/e/f/g/h'), '/a/b/c/d/e/f/g/h');
  assert.equal(urlTemplate('/a/b/c/d/e/f/g/h/i/j'), '/a/b/c/d/e/f/g/h/*');
});

test('what is no path has a template all the same', () => {
  assertTemplates({ '': '/', '*': '/', 'example.com:443': '/' });
});

test('hostile URLs give short templates', () => {
  for (const path of [
    `/${'a'.repeat(1_000_000)}`,
    '/'.repeat(100_000),
    `/${'%'.repeat(5000)}/${'1-'.repeat(5000)}`,
    `/${'.'.repeat(64)}${'0a'.repeat(40)}.js`,
  ])
    assert.ok(urlTemplate(path).length <= 9 * 65, path.slice(0, 40));
});

test('property: any path has at most eight segments and a star, each of at most 64 characters', () => {
  const segment = fc.oneof(
    fc.array(fc.nat(0xffff), { maxLength: 100 }).map((codes) => String.fromCharCode(...codes)),
    fc.stringMatching(/^[0-9a-f-]{1,80}$/),
    fc.stringMatching(/^[\w.-]{1,80}$/),
  );
  const path = fc.array(segment, { maxLength: 20 }).map((segments) => `/${segments.join('/')}`);
  fc.assert(
    fc.property(path, (text) => {
      const template = urlTemplate(text);
      const segments = template.split('/').slice(1);
      assert.equal(template[0], '/');
      assert.ok(segments.length <= 9);
      for (const one of segments) assert.ok(one.length <= 64, one);
    }),
  );
});

test('property: a template is its own template', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^(?:\/[\w.~:@%!$&'()*+,;=-]{0,20}){0,4}$/),
      fc.nat(),
      fc.uuid(),
      (path, id, uuid) => {
        const template = urlTemplate(`/${id}/${uuid}${path}`);
        assert.equal(urlTemplate(template), template);
      },
    ),
  );
});
