/** compareRuns: tells a difference that the agent makes from tests that are unsteady by themselves. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { compareRuns, countOutcomes, type Outcome, type Outcomes } from '../../transparency/outcome.ts';

const run = (outcomes: Record<string, Outcome>): Outcomes => new Map(Object.entries(outcomes));

test('equal runs have no differences', () => {
  assert.deepEqual(compareRuns([run({ a: 'pass', b: 'fail' })], [run({ b: 'fail', a: 'pass' })]), []);
});

test('a test that always fails with the agent and never without it differs', () => {
  const differences = compareRuns([run({ a: 'pass' }), run({ a: 'pass' })], [run({ a: 'fail' }), run({ a: 'fail' })]);
  assert.deepEqual(differences, [{ test: 'a', bare: ['pass', 'pass'], profiled: ['fail', 'fail'], isSteady: true }]);
});

test('a test that fails once in a while on either side is unsteady', () => {
  assert.equal(
    compareRuns([run({ a: 'pass' }), run({ a: 'fail' })], [run({ a: 'fail' }), run({ a: 'fail' })])[0]?.isSteady,
    false,
  );
  assert.equal(
    compareRuns([run({ a: 'pass' }), run({ a: 'pass' })], [run({ a: 'fail' }), run({ a: 'pass' })])[0]?.isSteady,
    false,
  );
});

test('a test that does not come up differs from one that passes', () => {
  assert.deepEqual(compareRuns([run({ a: 'pass' })], [run({})]), [
    { test: 'a', bare: ['pass'], profiled: ['missing'], isSteady: true },
  ]);
});

test('outcomes are counted', () => {
  assert.deepEqual(countOutcomes(run({ a: 'pass', b: 'pass', c: 'skip' })), { pass: 2, fail: 0, skip: 1 });
});
