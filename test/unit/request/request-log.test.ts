/** RequestLog: what one rotation takes. */

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  FLAG_ABORTED,
  FLAG_OPEN,
  type RequestBatch,
  ROUTE_UNKNOWN,
  requestColumns,
  STATUS_NONE,
} from '../../../src/request/request-batch.ts';
import { FULL_BATCH, RequestLog, UNROUTED_MICROS } from '../../../src/request/request-log.ts';
import { RouteTable } from '../../../src/request/route-table.ts';
import { RequestSlot } from '../../../src/request/slot.ts';

const START = 5_000_000;
const never = (): number => assert.fail('a request was named by its URL');

function slotOf(id: number, startMicros: number, pattern = ''): RequestSlot {
  const slot = new RequestSlot(id);
  slot.begin(startMicros, 'GET', '/');
  slot.pattern = pattern;
  return slot;
}

function rowsOf(batch: Omit<RequestBatch, 'slow'>): object[] {
  return Array.from({ length: batch.length }, (_, at) => ({
    slot: batch.slot[at],
    start: batch.startMicros[at],
    end: batch.endMicros[at],
    route: batch.route[at],
    status: batch.status[at],
    flags: batch.flags[at],
  }));
}

test('a batch holds what ended, in order, and the next one starts empty', () => {
  const routes = new RouteTable();
  const log = new RequestLog(routes);
  log.add(slotOf(1, START), START + 10, routes.indexOf('GET', '/a'), 200, 0);
  log.add(slotOf(2, START + 5), START + 20, routes.indexOf('GET', '/b'), 499, FLAG_ABORTED);
  assert.equal(log.size, 2);
  const batch = log.take([], START + 30, never);
  assert.deepEqual(rowsOf(batch), [
    { slot: 1, start: START, end: START + 10, route: 0, status: 200, flags: 0 },
    { slot: 2, start: START + 5, end: START + 20, route: 1, status: 499, flags: FLAG_ABORTED },
  ]);
  assert.deepEqual(batch.newRoutes, ['GET /a', 'GET /b']);
  assert.equal(log.size, 0);
  assert.deepEqual(log.take([], START + 40, never).newRoutes, []);
});

test('an open request is reported as it stands', () => {
  const log = new RequestLog(new RouteTable());
  const batch = log.take([slotOf(1, START, '/routed'), slotOf(2, START)], START + 10, never);
  assert.deepEqual(rowsOf(batch), [
    { slot: 1, start: START, end: START + 10, route: 0, status: STATUS_NONE, flags: FLAG_OPEN },
    { slot: 2, start: START, end: START + 10, route: ROUTE_UNKNOWN, status: STATUS_NONE, flags: FLAG_OPEN },
  ]);
});

test('an open request that nobody has routed for five seconds is named by its URL', () => {
  const log = new RequestLog(new RouteTable());
  const slot = slotOf(1, START);
  assert.equal(log.take([slot], START + UNROUTED_MICROS - 1, never).route[0], ROUTE_UNKNOWN);
  assert.equal(log.take([slot], START + UNROUTED_MICROS, () => 42).route[0], 42);
  assert.equal(log.take([slot], START, () => 42, 0).route[0], 42);
});

test('growing loses nothing', () => {
  const log = new RequestLog(new RouteTable());
  const count = FULL_BATCH + 1;
  for (let at = 0; at < count; at++) log.add(slotOf(at, START + at), START + 2 * at, at % 500, 200, at % 3);
  const batch = log.take([], START, never);
  assert.equal(batch.length, count);
  for (let at = 0; at < count; at++) {
    assert.equal(batch.slot[at], at);
    assert.equal(batch.startMicros[at], START + at);
    assert.equal(batch.endMicros[at], START + 2 * at);
    assert.equal(batch.route[at], at % 500);
    assert.equal(batch.status[at], 200);
    assert.equal(batch.flags[at], at % 3);
  }
});

test('a host too busy to rotate loses requests, counts them, and memory stays bounded', () => {
  const log = new RequestLog(new RouteTable());
  const slot = slotOf(1, START);
  for (let at = 0; at < 500_000; at++) log.add(slot, START, 0, 200, 0);
  const { length, slot: column } = log.take([], START, never);
  assert.equal(length + log.dropped, 500_000);
  assert.ok(length >= 4 * FULL_BATCH);
  assert.ok(column.length <= 8 * FULL_BATCH);
});

test('an open request that finds no room is not counted as lost: it will end', () => {
  const log = new RequestLog(new RouteTable());
  const slot = slotOf(1, START);
  while (log.dropped === 0) log.add(slot, START, 0, 200, 0);
  log.take([slotOf(2, START, '/a')], START, never);
  assert.equal(log.dropped, 1);
});

test('columns that come back are written again, from their beginning, unless they are too small or far too large', () => {
  const log = new RequestLog(new RouteTable());
  const fill = (count: number): Omit<RequestBatch, 'slow'> => {
    for (let at = 0; at < count; at++) log.add(slotOf(at, START), START, 0, 200, 0);
    return log.take([], START, never);
  };
  const first = fill(5000);
  log.reuse(first);
  fill(5000);
  const again = fill(3);
  assert.equal(again.slot, first.slot);
  assert.deepEqual([again.length, ...again.slot.subarray(0, 3)], [3, 0, 1, 2]);
  for (const capacity of [10, 1_000_000]) {
    log.reuse(requestColumns(capacity));
    fill(1);
    assert.notEqual(fill(1).slot.length, capacity);
  }
});

test('after a burst the columns shrink again', () => {
  const log = new RequestLog(new RouteTable());
  const slot = slotOf(1, START);
  for (let at = 0; at < FULL_BATCH; at++) log.add(slot, START, 0, 200, 0);
  log.take([], START, never);
  log.take([], START, never);
  assert.equal(log.take([], START, never).slot.length, 1024);
});
