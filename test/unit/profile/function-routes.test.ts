/** Which routes reach a function. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { routeFunction } from '../../../src/profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../../../src/profile/call-tree-builder.ts';
import { functionRoutes } from '../../../src/profile/function-routes.ts';
import { METADATA } from '../../helpers/profiles.ts';

const QUERY = { name: 'query', file: '/app/db.js', line: 3, column: 1, category: 'app' } as const;
const MAIN = { ...QUERY, name: 'main' } as const;

test('per route: own time, total in which recursion counts once, and the route’s own sum, the heaviest first', () => {
  const builder = new CallTreeBuilder();
  const add = (route: string, stack: readonly (typeof QUERY | typeof MAIN)[], cpuNs: number): void => {
    let node = builder.child(ROOT, builder.addFunction(routeFunction(route)));
    for (const info of stack) node = builder.child(node, builder.addFunction(info));
    builder.addSelf(node, { samples: 1, cpuNs });
  };
  add('GET /a', [MAIN, QUERY], 10);
  add('GET /a', [MAIN, QUERY, QUERY], 20);
  add('GET /a', [MAIN], 70);
  add('GET /b', [QUERY, MAIN], 40);
  add('GET /c', [MAIN], 5);
  assert.deepEqual(functionRoutes(builder.build(METADATA), QUERY, 'cpu'), [
    { route: 'GET /b', selfNs: 0, totalNs: 40, samples: 1, routeNs: 40 },
    { route: 'GET /a', selfNs: 30, totalNs: 30, samples: 2, routeNs: 100 },
  ]);
  assert.deepEqual(functionRoutes(builder.build(METADATA), { ...QUERY, line: 4 }, 'cpu'), []);
});
