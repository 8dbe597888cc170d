/** ignoreMatcher: path patterns with stars. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ignoreMatcher } from '../../../src/request/ignore.ts';

const matches = (pattern: string, url: string): boolean => ignoreMatcher([pattern])(url);

test('without patterns nothing is ignored', () => {
  assert.equal(ignoreMatcher([])('/'), false);
});

test('a pattern without a star is the whole path', () => {
  assert.equal(matches('/health', '/health'), true);
  assert.equal(matches('/health', '/healthy'), false);
  assert.equal(matches('/health', '/api/health'), false);
  assert.equal(matches('/health', '/health/'), false);
});

test('the query is no part of the path, and an absolute URL has one too', () => {
  assert.equal(matches('/health', '/health?full=1'), true);
  assert.equal(matches('/health', '/health#top'), true);
  assert.equal(matches('/health', 'http://example.com/health?full=1'), true);
  assert.equal(matches('*.png', '/page?image=a.png'), false);
});

test('a star stands for any characters, slashes too, and for none', () => {
  assert.equal(matches('/assets/*', '/assets/img/logo.svg'), true);
  assert.equal(matches('/assets/*', '/assets/'), true);
  assert.equal(matches('*.js', '/assets/main.js'), true);
  assert.equal(matches('*.js', '/assets/main.json'), false);
  assert.equal(matches('/a*b*c', '/abc'), true);
  assert.equal(matches('/a*b*c', '/axxbyyc'), true);
  assert.equal(matches('/a*b*c', '/acb'), false);
  assert.equal(matches('*', ''), true);
  assert.equal(matches('/**/x', '/a/x'), true);
});

test('what stands before and after a star must not overlap', () => {
  assert.equal(matches('/aba*ba', '/aba'), false);
  assert.equal(matches('/aba*ba', '/ababa'), true);
  assert.equal(matches('/x*y*y', '/xy'), false);
});

test('characters that mean something to regular expressions mean themselves', () => {
  assert.equal(matches('/a.b', '/axb'), false);
  assert.equal(matches('/(a|b)+$', '/(a|b)+$'), true);
  assert.equal(matches('/[0-9]*', '/7'), false);
});

test('any of several patterns will do', () => {
  const ignores = ignoreMatcher(['/health', '/assets/*']);
  assert.deepEqual(['/health', '/assets/x', '/'].map(ignores), [true, true, false]);
});

test('a hostile URL takes no longer than its length', () => {
  // A backtracking matcher needs 16,000^4 steps for this: the test would never end.
  assert.equal(matches('*/a*/a*/a*/a*.js', '/a'.repeat(8000)), false);
});

test('property: the same verdict as a regular expression gives', () => {
  const letters = fc.stringMatching(/^[ab/]{0,8}$/);
  fc.assert(
    fc.property(fc.stringMatching(/^[ab/*]{1,6}$/), letters, (pattern, rest) => {
      const path = `/${rest}`;
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      assert.equal(matches(pattern, path), expression.test(path));
    }),
    { numRuns: 2000 },
  );
});
