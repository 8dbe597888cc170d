/** What the profile says of an application's queries, against what PostgreSQL counts and measures itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresql } from '../helpers/databases.ts';
import { installOrders, measureOrders, ordersTable } from '../helpers/orders-example.ts';

const { skip } = await postgresql.availability();
/** Of what PostgreSQL says: the slow query's time on the network, and until the event loop takes its answer, is less. */
const TOLERANCE = 0.05;

test('the slow query has its call site, its exact count and its time', { skip }, async () => {
  installOrders();
  const figures = await measureOrders({ '/orders/$n': 30, '/customers/$n/orders': 30, '/reports/returns': 40 });
  console.log(ordersTable(figures));
  assert.deepEqual(
    figures.map(({ route, callers, waits, calls }) => [route, callers.at(-1), waits, calls]),
    [
      ['GET /orders/:id', 'findOrder', 30, 30],
      ['GET /customers/:id/orders', 'ordersOf', 30, 30],
      ['GET /reports/returns', 'sumReturns', 40, 40],
    ],
  );
  const slow = figures.find(({ callers }) => callers.includes('sumReturns'));
  assert.deepEqual(slow?.callers.slice(-2), ['returnsReport', 'sumReturns']);
  assert.match(slow?.callSite ?? '', /^reports\.js:/);
  assert.ok(slow && Math.abs(slow.meanWaitMs / slow.meanExecutionMs - 1) <= TOLERANCE, ordersTable(figures));
});
