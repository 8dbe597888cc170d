/** Guard: an error of ours is said once, its feature goes off, the host goes on. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Guard, ROTATION } from '../../../src/host/guard.ts';

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  mock.method(fs, 'writeSync', (_descriptor: number, line: string) => lines.push(line));
  syncBuiltinESMExports();
});

afterEach(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
});

const failWith = (message: string) => (): never => {
  throw new Error(message);
};

function guardOf(debug = false): { guard: Guard; failures: string[] } {
  const failures: string[] = [];
  return {
    guard: new Guard(
      () => debug,
      (problem) => failures.push(problem),
    ),
    failures,
  };
}

test('what works passes through', () => {
  const { guard, failures } = guardOf();
  assert.equal(
    guard.run('counting', () => 42),
    42,
  );
  assert.deepEqual([lines, failures], [[], []]);
});

test('an error never escapes', () => {
  const { guard } = guardOf();
  assert.equal(guard.run('counting', failWith('out of numbers')), undefined);
  const throwing: readonly unknown[] = ['text', null, undefined, { toString: () => 'object' }];
  for (const thrown of throwing)
    guard.run(`throws ${String(thrown)}`, () => {
      throw thrown;
    });
});

test('it is logged once, in one line, and reported once', () => {
  const { guard, failures } = guardOf();
  guard.run('counting', failWith('out of numbers'));
  guard.run('counting', failWith('again'));
  guard.fail('counting', new Error('and again'));
  assert.deepEqual(lines, ['profiler: counting is switched off: out of numbers\n']);
  assert.deepEqual(failures, ['counting is switched off: out of numbers']);
});

test('the feature is off from then on, and others are not', () => {
  const { guard } = guardOf();
  guard.run('counting', failWith('out of numbers'));
  assert.equal(guard.isOff('counting'), true);
  assert.equal(
    guard.run('counting', () => assert.fail('it is off')),
    undefined,
  );
  assert.equal(guard.isOff('naming'), false);
  assert.equal(
    guard.run('naming', () => 'still on'),
    'still on',
  );
});

test('one odd request does not end what nothing is profiled without: it is said, and ends when it fails again and again', () => {
  const { guard, failures } = guardOf();
  guard.run(ROTATION, failWith('an odd request'));
  assert.equal(guard.isOff(ROTATION), false);
  for (let at = 0; at < 200; at++) guard.run(ROTATION, failWith('again'));
  assert.equal(guard.isOff(ROTATION), true);
  assert.deepEqual(failures, ['rotation failed, and goes on: an odd request', 'rotation is switched off: again']);
});

test('with debug every error is printed with its stack', () => {
  const { guard } = guardOf(true);
  guard.fail('counting', new Error('first'));
  guard.fail('counting', new Error('second'));
  assert.equal(lines.length, 3);
  assert.match(lines[1] ?? '', /^profiler: Error: first\n {4}at /);
  assert.match(lines[2] ?? '', /^profiler: Error: second\n {4}at /);
});

test('a closed stderr is no error either', () => {
  mock.method(fs, 'writeSync', failWith('EPIPE'));
  syncBuiltinESMExports();
  assert.equal(guardOf().guard.run('counting', failWith('out of numbers')), undefined);
});
