/** Sandwich, unfolding trees, search, sorting and diff, against the statistics of the profile model. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { statsRows } from '../../../src/profile/stats.ts';
import { STATS_SORTS, sortRows } from '../../../src/profile/stats-order.ts';
import { inclusiveTotals, sumColumn } from '../../../src/profile/totals.ts';
import { diffTree } from '../../../ui/model/diff.ts';
import { calleesOf, callersOf } from '../../../ui/model/sandwich.ts';
import { matchedSum, matchFunctions, searchTest } from '../../../ui/model/search.ts';
import { sortTable } from '../../../ui/model/sort-table.ts';
import { bottomUp, topDown } from '../../../ui/model/tree-source.ts';
import { arbitraryProfile, drawTree, parseTree } from '../../helpers/profiles.ts';

const TREE = parseTree(`
  main 1
    walk 2
      query 4
      walk 8
        read 16
    read 32
`);
const indexOf = (name: string): number => TREE.functions.findIndex((info) => info.name === name);

test('sandwich: the callers of all outermost occurrences, with what they led to', () => {
  assert.equal(drawTree(callersOf(TREE, indexOf('read'))), 'read\n  walk\n    walk\n      main 16\n  main 32');
  assert.equal(drawTree(callersOf(TREE, indexOf('walk'))), 'walk\n  main 30');
});

test('sandwich: both sides have the function’s total, for every function of any profile', () => {
  fc.assert(
    fc.property(arbitraryProfile(), (profile) => {
      for (const { function: index, totalNs } of statsRows(profile, 'cpu'))
        for (const side of [callersOf(profile, index), calleesOf(profile, index)])
          assert.ok(Math.abs(sumColumn(side.nodes.self.cpuNs) - totalNs) <= 1e-6 * Math.max(1, totalNs));
    }),
    { numRuns: 30 },
  );
});

test('tree: top down shows the totals of stacks, the heaviest first', () => {
  const source = topDown(TREE, TREE.nodes.self.samples);
  const [main] = source.children(null);
  assert.ok(main);
  const children = source.children(main).map((item) => [TREE.functions[item.function]?.name, item.total, item.self]);
  assert.deepEqual(
    [source.total, main.total, children],
    [
      63,
      63,
      [
        ['read', 32, 32],
        ['walk', 30, 2],
      ],
    ],
  );
});

test('tree: bottom up shows own time by function, then by the callers it came through', () => {
  const source = bottomUp(TREE, TREE.nodes.self.samples);
  const [read] = source.children(null);
  assert.ok(read);
  const callers = source.children(read).map((item) => [TREE.functions[item.function]?.name, item.total]);
  assert.deepEqual(
    [read.total, read.self, callers],
    [
      48,
      48,
      [
        ['main', 32],
        ['walk', 16],
      ],
    ],
  );
});

test('tree: bottom up has the own times of the table, for any profile', () => {
  fc.assert(
    fc.property(arbitraryProfile(), (profile) => {
      const rows = statsRows(profile, 'cpu').filter(({ selfNs }) => selfNs > 0);
      const items = bottomUp(profile, profile.nodes.self.cpuNs).children(null);
      assert.deepEqual(
        new Set(items.map((item) => `${item.function} ${Math.round(item.total)}`)),
        new Set(rows.map((row) => `${row.function} ${Math.round(row.selfNs)}`)),
      );
    }),
    { numRuns: 50 },
  );
});

test('search: text is literal, /re/i an expression, a half-typed one matches nothing', () => {
  const matched = (text: string): string[] => {
    const matches = matchFunctions(TREE.functions, text);
    return TREE.functions.filter((_info, index) => matches?.[index] === 1).map(({ name }) => name);
  };
  assert.deepEqual(matched('A'), ['main', 'walk', 'read']);
  assert.deepEqual(matched('.a'), []);
  assert.deepEqual(matched('/^[RW]/i'), ['walk', 'read']);
  assert.deepEqual(matched('/(/'), []);
  assert.equal(searchTest('/(/'), 'invalid');
  assert.equal(matchFunctions(TREE.functions, ' '), null);
});

test('search: a stack with several matches counts once', () => {
  const matches = matchFunctions(TREE.functions, '/walk|read/') ?? new Uint8Array();
  assert.equal(matchedSum(TREE, matches, TREE.nodes.self.samples), 62);
});

test('table: the orders are those of the text table, and from the end when reversed', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.constantFrom(...STATS_SORTS), (profile, sort) => {
      const rows = statsRows(profile, 'cpu');
      const standard = sortRows(rows, 'stdname');
      assert.deepEqual(sortTable(standard, sort, false), sortRows(rows, sort));
      assert.deepEqual(sortTable(standard, sort, true), sortRows(rows, sort).reverse());
    }),
    { numRuns: 100 },
  );
});

test('diff: the tree of both sides holds the difference of every stack', () => {
  const { tree, delta } = diffTree(
    parseTree('main 1\n  old 2', { requests: 1 }),
    parseTree('main 3\n  new 4', { requests: 1 }),
    'cpu',
  );
  const named = tree.functions.map(({ name }, index) => [name, delta[Array.from(tree.nodes.function).indexOf(index)]]);
  assert.deepEqual(Object.fromEntries(named), { main: 40, old: -20, new: 40 });
  assert.equal(inclusiveTotals(tree.nodes, tree.nodes.self.cpuNs)[0], 70);
});
