/** Parts of about the same length of time, of recordings of one process and of several. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { groupByTime } from '../../../src/store/group-by-time.ts';

const piece = (from: number, length: number): { from: number; to: number } => ({ from, to: from + length });

test('pieces of one length are dealt out evenly, in order', () => {
  const pieces = Array.from({ length: 12 }, (_, at) => piece(at * 10, 10));
  assert.deepEqual(
    groupByTime(pieces.toReversed(), 4).map((group) => group.map(({ from }) => from)),
    [
      [0, 10, 20],
      [30, 40, 50],
      [60, 70, 80],
      [90, 100, 110],
    ],
  );
});

test('one that was compacted counts for its length', () => {
  const pieces = [piece(0, 60), ...Array.from({ length: 6 }, (_, at) => piece(60 + at * 10, 10))];
  assert.deepEqual(
    groupByTime(pieces, 2).map((group) => group.length),
    [1, 6],
  );
});

test('what processes recorded at the same time stays together', () => {
  const pieces = [0, 10, 20, 30].flatMap((from) => [piece(from, 10), piece(from + 1, 10)]);
  assert.deepEqual(
    groupByTime(pieces, 4).map((group) => group.map(({ from }) => from)),
    [
      [0, 1],
      [10, 11],
      [20, 21],
      [30, 31],
    ],
  );
});

test('property: every piece is in one group, no group is empty, there are not too many', () => {
  const arbitraryPiece = fc.tuple(fc.nat(1e6), fc.nat(1e5)).map(([from, length]) => piece(from, length));
  fc.assert(
    fc.property(fc.array(arbitraryPiece), fc.integer({ min: 1, max: 20 }), (pieces, most) => {
      const groups = groupByTime(pieces, most);
      assert.ok(groups.length <= most);
      assert.ok(groups.every((group) => group.length > 0));
      const flat = groups.flat();
      assert.equal(flat.length, pieces.length);
      assert.deepEqual(new Set(flat), new Set(pieces));
    }),
  );
});
