/** parseTap: the leaves of what node:test, tap and tape print. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { parseTap } from '../../transparency/tap.ts';

function read(text: string): Record<string, string> {
  return Object.fromEntries(parseTap(text));
}

test('flat tests keep their names', () => {
  assert.deepEqual(read('TAP version 13\n# Subtest: one\nok 1 - one\n# Subtest: two\nnot ok 2 - two\n1..2\n'), {
    one: 'pass',
    two: 'fail',
  });
});

test('a nested test is named by its path, and the test around it is not counted', () => {
  const text = `TAP version 13
# Subtest: outer
    # Subtest: first
    ok 1 - first
    # Subtest: middle
        # Subtest: deep
        not ok 1 - deep
        1..1
    not ok 2 - middle
    1..2
not ok 1 - outer
# Subtest: alone
ok 2 - alone
`;
  assert.deepEqual(read(text), { 'outer › first': 'pass', 'outer › middle › deep': 'fail', alone: 'pass' });
});

test('a test that follows a nested one does not inherit its path', () => {
  const text = `# Subtest: a
    # Subtest: b
    ok 1 - b
    1..1
ok 1 - a
# Subtest: c
    # Subtest: b
    ok 1 - b
    1..1
ok 2 - c
`;
  assert.deepEqual(read(text), { 'a › b': 'pass', 'c › b': 'pass' });
});

test('skipped and todo tests count as skipped', () => {
  assert.deepEqual(read('ok 1 - one # SKIP not here\nnot ok 2 - two # TODO later\n'), { one: 'skip', two: 'skip' });
});

test('durations behind a name are no part of it', () => {
  assert.deepEqual(read('ok 1 - one # time=12.5ms\n'), { one: 'pass' });
});

test('equal names are numbered', () => {
  assert.deepEqual(read('ok 1 - same\nnot ok 2 - same\n'), { same: 'pass', 'same (2)': 'fail' });
});

test('what a program prints besides TAP is ignored', () => {
  assert.deepEqual(read('listening\nok 1 - one\n  ---\n  duration_ms: 1\n  ...\nnot ok at all\n'), { one: 'pass' });
});
