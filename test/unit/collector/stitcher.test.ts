/** What stacks of operations teach about the callers of resumed functions. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stitcher } from '../../../src/collector/stitcher.ts';
import { placeKey } from '../../../src/profile/place-key.ts';
import type { FunctionInfo } from '../../../src/profile/profile.ts';

const ROUTE = 'GET /a';

function functionNamed(name: string): FunctionInfo {
  return { name, file: '/app/a.js', line: name.charCodeAt(0), column: 1, category: 'app' };
}

const stack = (names: string): FunctionInfo[] => names.split(' ').map(functionNamed);

/** `callers share`, outermost first. */
function callersOf(stitcher: Stitcher, name: string, route = ROUTE): string[] | undefined {
  return stitcher
    .callersOf(route, functionNamed(name))
    ?.map(({ callers, share }) => `${callers.map((info) => info.name).join(' ')} ${share}`.trim());
}

test('a function of a rooted stack stands below its callers, the outermost at the root', () => {
  const stitcher = new Stitcher();
  stitcher.learn(ROUTE, stack('handle load query'), true, 1);
  assert.deepEqual(callersOf(stitcher, 'query'), ['handle load 1']);
  assert.deepEqual(callersOf(stitcher, 'handle'), ['1']);
});

test('nothing is invented: neither for what was not seen, nor across routes, nor above a stack without root', () => {
  const stitcher = new Stitcher();
  stitcher.learn(ROUTE, stack('load query'), false, 1);
  assert.equal(callersOf(stitcher, 'other'), undefined);
  assert.equal(callersOf(stitcher, 'query', 'GET /b'), undefined);
  assert.equal(callersOf(stitcher, 'load'), undefined);
  // As `load` itself does where it was resumed.
  assert.deepEqual(callersOf(stitcher, 'query'), ['(async) load 1']);
});

test('a stack that was cut within what calls itself again has one way up', () => {
  const stitcher = new Stitcher();
  stitcher.learn(ROUTE, stack('next handle next handle next handle query'), false, 1);
  assert.deepEqual(callersOf(stitcher, 'query'), ['(async) next handle next handle next handle 1']);
  stitcher.learn(ROUTE, stack('app next other'), true, 1);
  assert.deepEqual(callersOf(stitcher, 'query'), ['app next handle next handle next handle 1']);
  assert.deepEqual(
    stitcher
      .callersAbove(ROUTE, { functions: stack('next handle'), isRooted: false })
      .map(({ callers }) => callers.map(({ name }) => name)),
    [['app']],
  );
});

test('what only other routes know stands where it does there, if all of its callers were met in this route', () => {
  const stitcher = new Stitcher();
  const resumed = (route: string): string[] | undefined =>
    stitcher
      .callersOf(route, functionNamed('check'), true)
      ?.map(({ callers, share }) => `${callers.map((info) => info.name).join(' ')} ${share}`);
  stitcher.learn(ROUTE, stack('app middleware check'), true, 1);
  stitcher.learn(ROUTE, stack('app handle check'), true, 1);
  assert.equal(resumed('GET /b'), undefined);
  for (const info of stack('app middleware')) stitcher.meet('GET /b', placeKey(info));
  assert.deepEqual(resumed('GET /b'), ['app middleware 1']);
  // Only what is resumed: who calls a function for an event may be somebody else here.
  assert.equal(callersOf(stitcher, 'check', 'GET /b'), undefined);
  stitcher.learn('GET /b', stack('app own check'), true, 1);
  assert.deepEqual(resumed('GET /b'), ['app own 1']);
});

test('the awaiting callers of a resumed function get their own callers from other stacks', () => {
  const stitcher = new Stitcher();
  stitcher.learn(ROUTE, stack('load query'), false, 3);
  stitcher.learn(ROUTE, stack('main handle load'), true, 1);
  assert.deepEqual(callersOf(stitcher, 'query'), ['main handle load 1']);
});

test('several callers share by how often they were seen', () => {
  const stitcher = new Stitcher();
  stitcher.learn(ROUTE, stack('handle query'), true, 3);
  stitcher.learn(ROUTE, stack('report query'), true, 1);
  assert.deepEqual(callersOf(stitcher, 'query'), ['handle 0.75', 'report 0.25']);
});

test('functions that await each other end', () => {
  const stitcher = new Stitcher();
  stitcher.learn(ROUTE, stack('a b'), false, 1);
  stitcher.learn(ROUTE, stack('b a'), false, 1);
  assert.equal(callersOf(stitcher, 'a')?.length, 1);
});

test('a web of functions that call each other is resolved in no time', () => {
  const stitcher = new Stitcher();
  const names = 'abcdefghijklmnopqrst'.split('');
  for (const caller of names)
    for (const name of names) if (name !== caller) stitcher.learn(ROUTE, stack(`${caller} ${name}`), false, 1);
  const paths = stitcher.callersOf(ROUTE, functionNamed('a')) ?? [];
  assert.ok(paths.length > 0 && paths.length <= 32);
  assert.ok(Math.abs(paths.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
});

test('endless different callers are bounded', () => {
  const stitcher = new Stitcher();
  for (let at = 0; at < 1000; at++)
    stitcher.learn(ROUTE, [{ ...functionNamed('x'), column: at }, functionNamed('query')], true, 1);
  assert.ok((callersOf(stitcher, 'query')?.length ?? 0) <= 32);
});
