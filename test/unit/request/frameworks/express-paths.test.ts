import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  alternatives,
  asBase,
  isLiteral,
  isWildcard,
  joinPaths,
} from '../../../../src/request/frameworks/express-paths.ts';

it('joins a path to the mount around it', () => {
  assert.equal(joinPaths('', '/'), '/');
  assert.equal(joinPaths('/users', '/'), '/users');
  assert.equal(joinPaths('/users', ''), '/users');
  assert.equal(joinPaths('/users', '/:id'), '/users/:id');
  assert.equal(joinPaths('/users', '*'), '/users/*');
  assert.equal(joinPaths('', '*'), '*');
});

it('writes a RegExp as it is, and in parentheses where it is part of a path', () => {
  assert.equal(joinPaths('', /^\/a$/), '/^\\/a$/');
  assert.equal(joinPaths('/users', /^\/a$/), '/users(/^\\/a$/)');
  assert.equal(joinPaths(asBase('', /^\/v\d/), '/a'), '(/^\\/v\\d/)/a');
});

it('ends a mount without a slash', () => {
  assert.equal(asBase('', '/users/'), '/users');
  assert.equal(asBase('/api', 'users'), '/api/users');
  assert.equal(asBase('/api', '/'), '/api');
});

it('knows a path whose text is in every URL that matches', () => {
  for (const path of ['/users', '/a-b_c.d~e/', '']) assert.equal(isLiteral(path), true, path);
  for (const path of ['/:id', '/a*', '/{b}', '/a?', '/(a)', '/a+', /^\/a$/])
    assert.equal(isLiteral(path), false, String(path));
});

it('knows a path for all that is below it, in the notations of Express 4 and 5', () => {
  for (const path of [
    '*',
    '/*',
    '/*rest',
    '/{*rest}',
    '{/*rest}',
    '/api/*rest',
    '/:path(.*)',
    '(.*)',
    /.*/,
    /^\/api\/(.*)$/,
  ]) {
    assert.equal(isWildcard(path), true, String(path));
  }
  for (const path of ['/', '/users/:id', '/*rest/end', '/:id(\\d+)', /^\/api$/])
    assert.equal(isWildcard(path), false, String(path));
});

it('flattens nested arrays of paths', () => {
  assert.deepEqual(alternatives(['/a', ['/b', [/c/]]]), ['/a', '/b', /c/]);
  assert.deepEqual(alternatives('/a'), ['/a']);
});
