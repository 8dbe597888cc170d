/** Segment files: what was recorded comes back as it was, and other tools read the same bytes. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { PROCESS_LABEL, ROUTE_LABEL } from '../../../src/export/pprof-labels.ts';
import { parsePprof } from '../../../src/export/pprof-message.ts';
import { readPprof } from '../../../src/export/read-pprof.ts';
import { classify } from '../../../src/profile/category.ts';
import { SELF_COLUMNS } from '../../../src/profile/profile.ts';
import { sumColumn } from '../../../src/profile/totals.ts';
import type { Slice } from '../../../src/store/contract.ts';
import { KnownFunctions } from '../../../src/store/known-functions.ts';
import { decodeSegment, encodeSegment } from '../../../src/store/segment-file.ts';
import { SliceSum } from '../../../src/store/slice-sum.ts';
import { arbitraryProfile, drawTree, parseTree } from '../../helpers/profiles.ts';
import { figuresOf, secondOf } from './slices-of.ts';

const PID = 4711;

function readBack(slice: Slice): Slice {
  const sum = new SliceSum();
  sum.addStored(decodeSegment(encodeSegment(slice, PID), new KnownFunctions()));
  return sum.build(slice.tree.run);
}

const BLOCKED = figuresOf([1500, 90_000], 1);
for (const [ns, name, file] of [
  [2_000_000.5, '(anonymous)', '/app/server.js'],
  [1000, 'query', '/app/node_modules/pg/client.js'],
  [10, '(garbage collector)', ''],
] as const)
  BLOCKED.blockers.add({
    route: 'POST /users',
    info: { name, file, line: file === '' ? 0 : 3, column: file === '' ? 0 : 1, ...classify(file, name) },
    ns,
    samples: 2,
  });

const SLICE: Slice = {
  from: 1_700_000_000_000,
  to: 1_700_000_002_500,
  tree: parseTree(
    `
    GET /users/:id @route: 1
      handle @/app/server.js:3:1 2
        query @/app/node_modules/pg/client.js:10:5 samples=1 cpu=4 wall=5 wait=30 waits=1
      (anonymous) @/app/server.js:9:9 1
    POST /users @route:
      handle @/app/server.js:3:1 4
    (background) @route:
      (garbage collector) 3
    `,
    {
      window: { from: 1_700_000_000_000, to: 1_700_000_002_500 },
      routes: ['GET /users/:id', 'POST /users'],
      requests: 3,
    },
  ),
  figures: new Map([
    ['GET /users/:id', BLOCKED],
    ['POST /users', figuresOf([0])],
  ]),
};

test('tree, window and figures come back', () => {
  const back = readBack(SLICE);
  assert.equal(drawTree(back.tree), drawTree(SLICE.tree));
  assert.deepEqual([back.from, back.to, back.tree.window], [SLICE.from, SLICE.to, SLICE.tree.window]);
  assert.deepEqual([back.tree.run, back.tree.requests, back.tree.intervalMs], ['run-1', 3, 10]);
  for (const [route, figures] of SLICE.figures) {
    const { requests, errors, durations, blockers } = back.figures.get(route) ?? figuresOf([]);
    assert.deepEqual([requests, errors], [figures.requests, figures.errors]);
    assert.deepEqual(blockers.largest(), figures.blockers.largest());
    const { sum, min, max, count } = figures.durations;
    assert.deepEqual([durations.sum, durations.min, durations.max, durations.count], [sum, min, max, count]);
    for (const quantile of [0, 0.5, 0.99, 1])
      assert.equal(durations.getValueAtQuantile(quantile), figures.durations.getValueAtQuantile(quantile));
  }
});

test('for other tools it is a pprof whose samples carry route and process', () => {
  const bytes = encodeSegment(SLICE, PID);
  const labels = new Set<string>();
  parsePprof(gunzipSync(bytes)).forEachSample((_locations, _values, found) => {
    assert.deepEqual(
      found.map(({ key }) => key),
      [ROUTE_LABEL, PROCESS_LABEL],
    );
    for (const { key, text } of found) labels.add(`${key}=${text}`);
  });
  assert.deepEqual([...labels].sort(), [
    'process=4711',
    'route=(background)',
    'route=GET /users/:id',
    'route=POST /users',
  ]);
  const read = readPprof(bytes);
  assert.equal(
    read.functions.some(({ file }) => file === 'route:'),
    false,
  );
  assert.equal(sumColumn(read.nodes.self.samples), sumColumn(SLICE.tree.nodes.self.samples));
});

test('a damaged file throws, whatever is damaged', () => {
  const bytes = encodeSegment(SLICE, PID);
  const decode = (damaged: Uint8Array): void => void decodeSegment(damaged, new KnownFunctions());
  for (const length of [0, 1, 10, 40, bytes.length - 9])
    assert.throws(() => decode(bytes.subarray(0, length)), `${length} bytes`);
  assert.throws(() => decode(Buffer.from('not a segment')));
  assert.throws(() => decode(gzipSync('not a profile')));
});

test('property: every column is kept to the unit, whatever the tree', () => {
  fc.assert(
    fc.property(arbitraryProfile({ wildNames: true }), (tree) => {
      const slice: Slice = { ...tree.window, tree, figures: new Map() };
      const back = readBack(slice);
      for (const column of SELF_COLUMNS)
        assert.equal(sumColumn(back.tree.nodes.self[column]), sumColumn(tree.nodes.self[column]));
    }),
    { numRuns: 200 },
  );
});

test('property: reading files one after the other sums as merging the slices does', () => {
  const part = fc.record({
    samples: fc.nat(9),
    route: fc.constantFrom('GET /a', 'GET /b'),
    durations: fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), (parts) => {
      const [stored, direct] = [new SliceSum(), new SliceSum()];
      const known = new KnownFunctions();
      for (const [at, { samples, route, durations }] of parts.entries()) {
        const slice = secondOf(1000 * at, samples, route, durations);
        stored.addStored(decodeSegment(encodeSegment(slice, PID), known));
        direct.add(slice);
      }
      const [one, other] = [stored.build('run-1'), direct.build('run-1')];
      assert.equal(sumColumn(one.tree.nodes.self.samples), sumColumn(other.tree.nodes.self.samples));
      assert.equal(one.tree.requests, other.tree.requests);
      for (const [route, figures] of other.figures) {
        const read = one.figures.get(route)?.durations;
        assert.equal(read?.count, figures.durations.count);
        assert.equal(read?.max, figures.durations.max);
        assert.equal(read?.getValueAtQuantile(0.5), figures.durations.getValueAtQuantile(0.5));
      }
    }),
    { numRuns: 50 },
  );
});
