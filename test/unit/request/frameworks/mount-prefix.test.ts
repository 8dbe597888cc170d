import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinPattern, mountPrefix } from '../../../../src/request/frameworks/mount-prefix.ts';

test('the prefix is what stands before the path that a mounted router is given', () => {
  assert.equal(mountPrefix('/api/users/42', '/users/42'), '/api');
  assert.equal(mountPrefix('/api/users/42?a=/users/42', '/users/42?a=/users/42'), '/api');
  assert.equal(mountPrefix('/a/b/c', '/c'), '/a/b');
});

test('a router that is not mounted has no prefix', () => {
  assert.equal(mountPrefix('/users/42', '/users/42'), '');
  assert.equal(mountPrefix('/', '/'), '');
});

test('the root of a mounted router leaves the whole path', () => {
  assert.equal(mountPrefix('/api', '/'), '/api');
  assert.equal(mountPrefix('/api/?x=1', '/?x=1'), '/api');
});

test('a path that the URL does not end with tells of no prefix', () => {
  assert.equal(mountPrefix('/old/path', '/users/1'), '');
});

test('a prefix and the pattern of a root are joined without a slash at the end', () => {
  assert.equal(joinPattern('/api', '/'), '/api');
  assert.equal(joinPattern('/api', '/users/:id'), '/api/users/:id');
  assert.equal(joinPattern('', '/'), '/');
});
