/** A capture of the heap in the shape of a profile, and bytes as text. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { HeapResult } from '../../../src/api/types.ts';
import { heapProfile } from '../../../src/profile/heap-profile.ts';
import { statsRows } from '../../../src/profile/stats.ts';
import { formatBytes, MEMORY } from '../../../src/profile/units.ts';

const WINDOW = { from: 5000, to: 15_000 };
const figures = { inUseObjects: 0, inUseBytes: 0, allocatedObjects: 0, allocatedBytes: 0 };
const RESULT: HeapResult = {
  halfSeconds: 5,
  functions: ['keep', 'drop'].map((name) => ({
    ...{ name, file: '/app/a.js', line: 1, column: 1, category: 'app' as const },
    ...figures,
  })),
  nodes: {
    parent: [-1, 0, 1],
    function: [-1, 0, 1],
    self: {
      inUseObjects: [0, 3, 0],
      inUseBytes: [0, 3000, 0],
      allocatedObjects: [0, 4, 50],
      allocatedBytes: [0, 4000, 5000],
    },
  },
  truncated: 0,
};

test('what is in use and what was allocated are two profiles of the same stacks', () => {
  const rows = (figure: 'inuse' | 'allocated'): unknown[] =>
    statsRows(heapProfile(RESULT, WINDOW, figure), 'cpu').map(({ info, selfNs, totalNs, selfSamples }) => [
      info.name,
      selfNs,
      totalNs,
      selfSamples,
    ]);
  assert.deepEqual(rows('inuse'), [
    ['keep', 3000, 3000, 3],
    ['drop', 0, 0, 0],
  ]);
  assert.deepEqual(rows('allocated'), [
    ['keep', 4000, 9000, 4],
    ['drop', 5000, 5000, 50],
  ]);
  assert.deepEqual(heapProfile(RESULT, WINDOW, 'inuse').window, { from: 5000, to: 15_000 });
});

test('bytes have three digits and the unit that suits', () => {
  const written = [0, 1, 999, 999.6, 1234, 99_960, 1_500_000, 12_345_678_900, 9e15].map(formatBytes);
  assert.deepEqual(written, ['0 B', '1 B', '999 B', '1.00 kB', '1.23 kB', '100 kB', '1.50 MB', '12.3 GB', '9000 TB']);
  assert.equal(MEMORY.cellPer(10, 0), '');
  assert.equal(MEMORY.cellPer(3000, 2), '1.50 kB');
});
