import assert from 'node:assert/strict';
import test from 'node:test';
import type { BlockerFigures, RouteFigures } from '../../../src/api/types.ts';
import { worstBlockers } from '../../../ui/model/blockers.ts';

const blocker = (route: string, name: string, ms: number, line = 1): BlockerFigures => ({
  route,
  name,
  file: '/app/a.js',
  line,
  column: 1,
  ms,
  samples: 3,
});
const routeOf = (route: string, requests: number, blockedBy: readonly BlockerFigures[]): RouteFigures =>
  ({ route, requests, blockedBy }) as unknown as RouteFigures;

const ROUTES = [
  routeOf('GET /a', 2, [blocker('GET /hot', 'burn', 10), blocker('GET /b', 'burn', 4)]),
  routeOf('GET /b', 3, [blocker('GET /hot', 'burn', 5), blocker('GET /hot', 'burn', 30, 9)]),
];

test('summed by function and its route, the longest first', () => {
  const { blockers, requests } = worstBlockers(ROUTES, []);
  assert.equal(requests, 5);
  assert.deepEqual(
    blockers.map(({ route, line, ms, samples }) => [route, line, ms, samples]),
    [
      ['GET /hot', 9, 30, 3],
      ['GET /hot', 1, 15, 6],
      ['GET /b', 1, 4, 3],
    ],
  );
});

test('only of the routes that are chosen', () => {
  const { blockers, requests } = worstBlockers(ROUTES, ['GET /a', 'GET /gone']);
  assert.deepEqual([requests, blockers.map(({ ms }) => ms)], [2, [10, 4]]);
  assert.deepEqual(worstBlockers(ROUTES, ['GET /gone']), { blockers: [], requests: 0 });
});
