/** pathOf: the path of every form that a request line has. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { pathOf } from '../../../src/request/path-of.ts';

test('the path of a request line is what precedes the query, without scheme and host', () => {
  const expected = {
    '/': '/',
    '/a/b?c=/d': '/a/b',
    '/a#b?c': '/a',
    '?x': '',
    'http://example.com': '/',
    'http://example.com?x=/y': '/',
    'https://user:secret@example.com:8443/a/b?c': '/a/b',
    '*': '*',
    'example.com:443': 'example.com:443',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((url) => [url, pathOf(url)])), expected);
});
