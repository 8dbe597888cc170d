/** Blockers: sums by function and route, bounded, the longest first. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { FunctionInfo } from '../../../src/profile/profile.ts';
import { Blockers } from '../../../src/store/blockers.ts';

const info = (name: string): FunctionInfo => ({ name, file: '/app/a.js', line: 1, column: 1, category: 'app' });

test('adds up per function and route', () => {
  const blockers = new Blockers();
  blockers.add({ route: 'GET /a', info: info('f'), ns: 1, samples: 1 });
  blockers.add({ route: 'GET /b', info: info('f'), ns: 5, samples: 1 });
  blockers.add({ route: 'GET /a', info: info('f'), ns: 2, samples: 1 });
  const more = new Blockers();
  more.add({ route: 'GET /a', info: info('g'), ns: 4, samples: 1 });
  blockers.merge(more);
  assert.deepEqual(
    blockers.largest().map(({ route, info: { name }, ns, samples }) => `${route} ${name} ${ns} ${samples}`),
    ['GET /b f 5 1', 'GET /a g 4 1', 'GET /a f 3 2'],
  );
  assert.equal(blockers.largest(1).length, 1);
});

test('keeps the largest of many', () => {
  const blockers = new Blockers();
  for (let at = 0; at < 1000; at++) blockers.add({ route: 'GET /a', info: info(`f${at}`), ns: at, samples: 1 });
  assert.deepEqual(
    blockers.largest(3).map(({ ns }) => ns),
    [999, 998, 997],
  );
  assert.equal(blockers.largest(1000).length, 20);
});
