/** Blockers: sums by function and route, bounded, the longest first. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { FunctionInfo } from '../../../src/profile/profile.ts';
import { Blockers } from '../../../src/store/blockers.ts';

const info = (name: string): FunctionInfo => ({ name, file: '/app/a.js', line: 1, column: 1, category: 'app' });

test('adds up per function and route', () => {
  const blockers = new Blockers();
  blockers.add('GET /a', info('f'), 1);
  blockers.add('GET /b', info('f'), 5);
  blockers.add('GET /a', info('f'), 2);
  const more = new Blockers();
  more.add('GET /a', info('g'), 4);
  blockers.merge(more);
  assert.deepEqual(
    blockers.largest().map(({ route, info: { name }, ns }) => `${route} ${name} ${ns}`),
    ['GET /b f 5', 'GET /a g 4', 'GET /a f 3'],
  );
  assert.equal(blockers.largest(1).length, 1);
});

test('keeps the largest of many', () => {
  const blockers = new Blockers();
  for (let at = 0; at < 1000; at++) blockers.add('GET /a', info(`f${at}`), at);
  assert.deepEqual(
    blockers.largest(3).map(({ ns }) => ns),
    [999, 998, 997],
  );
  assert.equal(blockers.largest(1000).length, 20);
});
