/** Walks over deep and wide trees, and inclusive totals. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { CallTreeBuilder, ROOT } from '../../../src/profile/call-tree-builder.ts';
import { functionLabel, shortFile } from '../../../src/profile/display-name.ts';
import { statsRows } from '../../../src/profile/stats.ts';
import { inclusiveTotals } from '../../../src/profile/totals.ts';
import { walkTree } from '../../../src/profile/tree-walk.ts';
import { METADATA, parseTree } from '../../helpers/profiles.ts';

test('the walk visits parents first and keeps every subtree together', () => {
  const builder = new CallTreeBuilder();
  const add = (parent: number, name: string): number =>
    builder.child(parent, builder.addFunction({ name, file: '', line: 0, column: 0, category: 'native' }));
  const a = add(ROOT, 'a');
  const b = add(ROOT, 'b');
  const c = add(a, 'c');
  const d = add(b, 'd');
  const { order, depth } = walkTree(builder.build(METADATA).nodes);
  assert.deepEqual([...order], [ROOT, a, c, b, d]);
  assert.deepEqual([...depth], [0, 1, 1, 2, 2]);
});

test('totals are those of the subtree', () => {
  const { nodes } = parseTree(`
    a 1
      b 2
        c 3
      d 4
    e 5
  `);
  assert.deepEqual([...inclusiveTotals(nodes, nodes.self.samples)], [15, 10, 5, 3, 4, 5]);
});

test('a stack of 100,000 recursive calls is no trouble', () => {
  const builder = new CallTreeBuilder();
  const index = builder.addFunction({ name: 'deep', file: '', line: 0, column: 0, category: 'native' });
  let node = ROOT;
  for (let depth = 0; depth < 100_000; depth++) node = builder.child(node, index);
  builder.addSelf(node, { samples: 1, cpuNs: 10 });
  const [row] = statsRows(builder.build(METADATA), 'cpu');
  assert.deepEqual([row?.selfNs, row?.totalNs], [10, 10]);
});

test('labels name the function and the short file', () => {
  assert.equal(shortFile('/app/node_modules/a/node_modules/@b/c/lib/d.js'), '@b/c/lib/d.js');
  assert.equal(shortFile('node:internal/fs/promises'), 'node:internal/fs/promises');
  assert.equal(shortFile('C:\\app\\server.js'), 'server.js');
  const info = { name: 'f', file: '/app/server.js', line: 3, column: 1, category: 'app' } as const;
  assert.equal(functionLabel(info), 'f (server.js:3)');
  assert.equal(functionLabel({ ...info, line: 0 }), 'f (server.js)');
  assert.equal(functionLabel({ ...info, file: '' }), 'f');
});
