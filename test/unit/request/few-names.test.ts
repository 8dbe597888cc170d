/** FewNames: names that are many below one path are data, and whatever clients send stays bounded. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FewNames } from '../../../src/request/few-names.ts';

/** @returns patterns of as many paths. */
function patternsOf(names: FewNames, count: number, pathOf: (at: number) => string): Set<string> {
  return new Set(Array.from({ length: count }, (_, at) => names.patternOf(pathOf(at))));
}

test('few names below a path stay as they are, whatever is below others', () => {
  const names = new FewNames();
  patternsOf(names, 1000, (at) => `/posts/how-to-${at}`);
  for (const path of ['/', '/about', '/about/', '/users/:id', '/users/:id/orders', '/a/b/c/d/e/f/g/h/*'])
    assert.equal(names.patternOf(path), path);
});

test('of many, the first fifty keep their names and the rest are one', () => {
  const names = new FewNames();
  const patterns = patternsOf(names, 1000, (at) => `/posts/title-${at}`);
  assert.equal(patterns.size, 51);
  assert.equal(names.patternOf('/posts/title-49'), '/posts/title-49');
  assert.equal(names.patternOf('/posts/title-50'), '/posts/:name');
  assert.equal(names.patternOf('/posts/:id'), '/posts/:id');
  // What follows is told apart by itself.
  assert.equal(names.patternOf('/posts/title-50/comments'), '/posts/:name/comments');
});

test('files keep their extensions while those are few', () => {
  const names = new FewNames();
  patternsOf(names, 1000, (at) => `/img/photo-of-${at}.jpg`);
  assert.equal(names.patternOf('/img/another.jpg'), '/img/:name.jpg');
  assert.equal(names.patternOf('/img/another.png'), '/img/:name.png');
  const patterns = patternsOf(names, 1000, (at) => `/img/x.a${at}`);
  assert.ok(patterns.size <= 10, `${patterns.size}`);
});

test('a million paths are bounded', () => {
  const names = new FewNames();
  const patterns = patternsOf(names, 1_000_000, (at) => `/${at % 97}x/${at % 1009}y/${at % 2003}z`);
  const before = patterns.size;
  assert.ok(before < 31_000, `${before}`);
  const later = patternsOf(names, 1000, (at) => `/never/seen-${at}/before-${at}`);
  assert.deepEqual([...later], ['/:name/:name/:name']);
});
