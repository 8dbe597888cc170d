/** Stats rows, callers and callees: pstats semantics, checked against sums over single stacks. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type CallEdge, callees, callers } from '../../../src/profile/call-edges.ts';
import { METRICS, type Metric, type Profile } from '../../../src/profile/profile.ts';
import { filterRows, statsRows } from '../../../src/profile/stats.ts';
import { STATS_SORTS, type StatsSort, sortRows } from '../../../src/profile/stats-order.ts';
import { arbitraryProfile, parseTree, type Stack, stacksOf } from '../../helpers/profiles.ts';

const timeOf = ({ figures }: Stack, metric: Metric): number =>
  ({ cpu: figures.cpuNs, wall: figures.wallNs + figures.waitNs, wait: figures.waitNs })[metric];

const brief = (profile: Profile, metric: Metric): string[] =>
  statsRows(profile, metric).map(
    (row) => `${row.info.name} ${row.selfNs}/${row.totalNs} ${row.selfSamples}/${row.totalSamples}`,
  );

test('a row has the time in the function itself and with what it called', () => {
  const profile = parseTree(`
    main 1
      parse 2
      query 3
        parse 4
  `);
  assert.deepEqual(brief(profile, 'cpu'), ['main 10/100 1/10', 'parse 60/60 6/6', 'query 30/70 3/7']);
});

test('recursion counts once in the cumulative figure', () => {
  const profile = parseTree(`
    walk 1
      walk 1
        visit 1
          walk 1
  `);
  assert.deepEqual(brief(profile, 'cpu'), ['walk 30/40 3/4', 'visit 10/20 1/2']);
});

test('wall is time on the thread plus time awaited, wait only the latter', () => {
  const profile = parseTree(`
    handle samples=1 cpu=4 wall=5
      query samples=0 wait=30 waits=1
  `);
  assert.deepEqual(brief(profile, 'wall'), ['handle 5/35 1/1', 'query 30/30 0/0']);
  assert.deepEqual(brief(profile, 'wait'), ['handle 0/30 1/1', 'query 30/30 0/0']);
});

test('exact calls are there when they were counted, and only then', () => {
  const profile = parseTree('f 1');
  const [info] = profile.functions;
  assert.ok(info);
  assert.equal('calls' in (statsRows(profile, 'cpu')[0] ?? {}), false);
  assert.equal(statsRows({ ...profile, functions: [{ ...info, calls: 7 }] }, 'cpu')[0]?.calls, 7);
});

test('a recursive function is not counted twice for its caller, and is its own caller', () => {
  const profile = parseTree(`
    main
      walk 1
        walk 2
          walk 4
  `);
  const [, walk] = callers(profile, 'cpu');
  assert.deepEqual(walk, [
    { function: 0, selfNs: 10, totalNs: 70, samples: 7 },
    { function: 1, selfNs: 60, totalNs: 60, samples: 6 },
  ] satisfies CallEdge[]);
});

test('rows match the naive sum over all stacks', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.constantFrom(...METRICS), (profile, metric) => {
      const stacks = stacksOf(profile);
      for (const row of statsRows(profile, metric)) {
        const own = stacks.filter(({ frames }) => frames.at(-1) === row.function);
        const within = stacks.filter(({ frames }) => frames.includes(row.function));
        assert.equal(row.selfNs, sum(own.map((stack) => timeOf(stack, metric))));
        assert.equal(row.totalNs, sum(within.map((stack) => timeOf(stack, metric))));
        assert.equal(row.selfSamples, sum(own.map(({ figures }) => figures.samples)));
        assert.equal(row.totalSamples, sum(within.map(({ figures }) => figures.samples)));
      }
    }),
  );
});

test('callers and callees match the naive sum over all stacks, and each other', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.constantFrom(...METRICS), (profile, metric) => {
      const stacks = stacksOf(profile);
      const to = callers(profile, metric);
      const from = callees(profile, metric);
      for (const [callee, edges] of to.entries()) {
        for (const edge of edges) {
          const isPair = (frames: readonly number[], at: number): boolean =>
            at > 0 && frames[at] === callee && frames[at - 1] === edge.function;
          const own = stacks.filter(({ frames }) => isPair(frames, frames.length - 1));
          const within = stacks.filter(({ frames }) => frames.some((_frame, at) => isPair(frames, at)));
          assert.equal(edge.selfNs, sum(own.map((stack) => timeOf(stack, metric))));
          assert.equal(edge.totalNs, sum(within.map((stack) => timeOf(stack, metric))));
          assert.equal(edge.samples, sum(within.map(({ figures }) => figures.samples)));
          assert.deepEqual(
            from[edge.function]?.filter((back) => back.function === callee),
            [{ ...edge, function: callee }],
          );
        }
      }
      assert.equal(sum(to.map((edges) => edges.length)), sum(from.map((edges) => edges.length)));
    }),
  );
});

test('the self times of all rows add up to what the tree holds', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.constantFrom(...METRICS), (profile, metric) => {
      const inFrames = stacksOf(profile).filter(({ frames }) => frames.length > 0);
      assert.equal(
        sum(statsRows(profile, metric).map((row) => row.selfNs)),
        sum(inFrames.map((stack) => timeOf(stack, metric))),
      );
    }),
  );
});

test('filename= keeps the files whose path contains the text', () => {
  const profile = parseTree(`
    a @/app/lib/a.js:1 1
      b @/app/node_modules/pg/b.js:1 1
      c 1
  `);
  const names = (filename: string): string[] =>
    filterRows(statsRows(profile, 'cpu'), filename).map((row) => row.info.name);
  assert.deepEqual(names('node_modules/pg'), ['b']);
  assert.deepEqual(names('.js'), ['a', 'b']);
  assert.deepEqual(names('.*'), []);
});

test('each sort key orders like the one of pstats', () => {
  const profile = parseTree(`
    main @/app/b.js:9 1
      zip @/lib/a.js:3 5
      add @/zzz/a.js:7 3
        zip @/lib/a.js:3 1
  `);
  const expected: Record<StatsSort, string> = {
    time: 'zip add main',
    cumulative: 'main zip add',
    calls: 'main zip add',
    pcalls: 'main zip add',
    name: 'add main zip',
    file: 'zip add main',
    module: 'zip add main',
    line: 'zip add main',
    nfl: 'add main zip',
    stdname: 'zip add main',
  };
  for (const sort of STATS_SORTS) {
    const sorted = sortRows(statsRows(profile, 'cpu'), sort).map((row) => row.info.name);
    assert.equal(sorted.join(' '), expected[sort], sort);
  }
  assert.equal(
    sortRows(statsRows(profile, 'cpu'), 'file', true)
      .map((row) => row.info.name)
      .join(' '),
    'main zip add',
  );
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
