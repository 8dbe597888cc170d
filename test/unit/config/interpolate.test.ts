/** References between values of an INI file. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InterpolationError, interpolate } from '../../../src/config/interpolate.ts';

function expand(text: string, variables: Record<string, string> = {}): string {
  return interpolate(text, (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined));
}

test('references are replaced, through others, and %% is one percent sign', () => {
  assert.equal(expand('%(a)s-%(a)s %%', { a: '%(b)s/x', b: '1' }), '1/x-1/x %');
  assert.equal(expand('%%(a)s', { a: '1' }), '%(a)s');
});

test('a percent sign alone stands for itself', () => {
  for (const text of ['https://u:p%40w@host/', '100%', '%(a', '%(a)d', '%()s']) assert.equal(expand(text), text);
});

test('a reference to nothing says what it refers to', () => {
  const cause = { name: 'InterpolationError', message: 'refers to "toString", which has no value' };
  assert.throws(() => expand('%(toString)s'), cause);
});

test('circles and growth without end are refused', () => {
  assert.throws(() => expand('%(a)s', { a: '%(b)s', b: '%(a)s' }), /refers to itself/);
  const doubling = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`v${n}`, `%(v${n + 1})s`.repeat(40)]));
  assert.throws(() => expand('%(v0)s', { ...doubling, v9: '' }), /more than 1000 references/);
  assert.throws(() => expand('%(v)s%(v)s', { v: 'x'.repeat(10_000) }), /longer than 16384 characters/);
  assert.throws(() => expand('%('.repeat(100_000)), InterpolationError);
});
