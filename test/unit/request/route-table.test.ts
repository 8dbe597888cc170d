/** RouteTable: names get numbers, and no client can make it grow. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { NOT_FOUND_ROUTE, OTHER_ROUTE, RouteTable } from '../../../src/request/route-table.ts';

/** Index -> name, as the collector puts it together from batches. */
function namesOf(table: RouteTable, known: readonly string[] = []): string[] {
  return [...known, ...table.takeFresh()];
}

test('a route has one index, however it is asked for', () => {
  const table = new RouteTable();
  const users = table.indexOf('GET', '/users/:id');
  assert.equal(table.indexOf('GET', '/users/:id'), users);
  assert.equal(table.indexOfName('GET /users/:id'), users);
  assert.notEqual(table.indexOf('POST', '/users/:id'), users);
});

test('new names are handed out once, in order of their index', () => {
  const table = new RouteTable();
  table.indexOf('GET', '/a');
  table.indexOf('GET', '/b');
  table.indexOf('GET', '/a');
  assert.deepEqual(table.takeFresh(), ['GET /a', 'GET /b']);
  assert.deepEqual(table.takeFresh(), []);
  table.indexOf('GET', '/c');
  assert.deepEqual(table.takeFresh(), ['GET /c']);
});

test('past 500 routes all others are (other), and the first ones keep their own', () => {
  const table = new RouteTable();
  const first = Array.from({ length: 500 }, (_, at) => table.indexOf('GET', `/page-${at}`));
  const other = table.indexOf('GET', '/one-more');
  assert.equal(table.indexOf('POST', '/and-another'), other);
  assert.equal(table.indexOf('GET', '/page-0'), first[0]);
  assert.equal(table.indexOf('GET', '/page-499'), first[499]);
  const names = namesOf(table);
  assert.equal(names.length, 501);
  assert.equal(names[other], OTHER_ROUTE);
});

test('URLs that nothing routed leave room for routes, however many are tried', () => {
  const table = new RouteTable();
  for (let at = 0; at < 3200; at++) table.indexOfUrl('GET', `/dir${at % 40}x/file${at % 1600}y.php`);
  const other = table.indexOfName('(other)');
  assert.ok(table.takeFresh().length <= 251);
  assert.equal(table.indexOfUrl('GET', '/new/url'), other);
  assert.notEqual(table.indexOf('GET', '/users/:id'), other);
  assert.notEqual(table.indexOfUrl('GET', '/dir0x/file0y.php'), other);
  // Of the same name as a route.
  assert.equal(table.indexOfUrl('GET', '/users/:id'), table.indexOf('GET', '/users/:id'));
});

test('what is not found has its route even in a full table', () => {
  const table = new RouteTable();
  for (let at = 0; at < 600; at++) table.indexOf('GET', `/page-${at}`);
  const index = table.indexOfName(NOT_FOUND_ROUTE);
  assert.equal(namesOf(table)[index], NOT_FOUND_ROUTE);
});

test('a name is cut after 256 characters', () => {
  const table = new RouteTable();
  const index = table.indexOf('GET', `/${'x'.repeat(5000)}`);
  const name = namesOf(table)[index];
  assert.equal(name?.length, 257);
  assert.equal(name?.at(-1), '…');
});

test('one million distinct URLs do not grow memory', () => {
  assertStaysSmall((table, at) => table.indexOf('GET', `/words/${at.toString(36)}`), 1_000_000);
});

test('nor do patterns that differ only after the cut, nor made-up methods', () => {
  const longMethod = 'M'.repeat(300);
  assertStaysSmall((table, at) => table.indexOf(longMethod, `/${at}`));
  assertStaysSmall((table, at) => table.indexOf('GET', `/${'p'.repeat(246)}${at.toString(36)}`));
  assertStaysSmall((table, at) => table.indexOf(`M${at}`, '/'));
});

test('property: an index always names the route that was asked for, or (other)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string({ maxLength: 300 })), { maxLength: 600 }), (requests) => {
      const table = new RouteTable();
      let names: string[] = [];
      for (const [method, pattern] of requests) {
        const index = table.indexOf(method, pattern);
        names = namesOf(table, names);
        const name = `${method} ${pattern}`;
        const cut = name.length > 256 ? `${name.slice(0, 256)}…` : name;
        assert.ok(names[index] === cut || names[index] === OTHER_ROUTE);
      }
    }),
    { numRuns: 20 },
  );
});

/** A table of 500 names of 256 characters takes about a quarter of a megabyte; a hundred thousand of anything takes tens. */
function assertStaysSmall(ask: (table: RouteTable, at: number) => void, count = 100_000): void {
  const table = new RouteTable();
  for (let at = 0; at < 1000; at++) ask(table, at);
  const before = heapBytes();
  for (let at = 1000; at < count; at++) ask(table, at);
  assert.ok(heapBytes() - before < 2_000_000, `grew by ${heapBytes() - before} bytes`);
  assert.ok(table.takeFresh().length <= 502);
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** `--expose-gc` without the flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
