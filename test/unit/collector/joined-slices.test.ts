/** JoinedSlices: what of the rotations becomes one slice, and when. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JoinedSlices } from '../../../src/collector/joined-slices.ts';
import type { Slice } from '../../../src/store/contract.ts';
import { emptyFigures, emptySlice } from '../../../src/store/slices.ts';

function slice(from: number, to: number, requests = 1): Slice {
  const figures = emptyFigures();
  figures.requests = requests;
  return { ...emptySlice('run', 10, from, to), figures: new Map([['GET /', figures]]) };
}

function joined(): { slices: JoinedSlices; delivered: () => (readonly [number, number, number])[] } {
  const delivered: Slice[] = [];
  const slices = new JoinedSlices((one) => delivered.push(one));
  return {
    slices,
    delivered: () => delivered.map(({ from, to, figures }) => [from, to, figures.get('GET /')?.requests ?? 0]),
  };
}

test('rotations of a second become slices of three', () => {
  const { slices, delivered } = joined();
  const whole = [0, 1000, 2000, 3000, 4000, 5000].map((from) => slices.add(slice(from, from + 1000), false));
  assert.deepEqual(whole, [false, false, true, false, false, true]);
  assert.deepEqual(delivered(), [
    [0, 3000, 3],
    [3000, 6000, 3],
  ]);
});

test('a long rotation, and one after a gap, is a slice by itself', () => {
  const { slices, delivered } = joined();
  slices.add(slice(0, 1000, 1), false);
  slices.add(slice(1000, 9000, 2), false);
  slices.add(slice(9000, 10_000, 3), false);
  slices.add(slice(20_000, 21_000, 4), false);
  slices.deliver();
  assert.deepEqual(delivered(), [
    [0, 1000, 1],
    [1000, 9000, 2],
    [9000, 10_000, 3],
    [20_000, 21_000, 4],
  ]);
});

test('what somebody waits for is delivered at once, with what came before', () => {
  const { slices, delivered } = joined();
  slices.add(slice(0, 1000, 5), false);
  assert.equal(slices.add(slice(1000, 1200, 2), true), true);
  assert.deepEqual(delivered(), [[0, 1200, 7]]);
});

test('what is left is delivered when asked for, once', () => {
  const { slices, delivered } = joined();
  slices.deliver();
  slices.add(slice(0, 1000), false);
  slices.deliver();
  slices.deliver();
  assert.deepEqual(delivered(), [[0, 1000, 1]]);
});

test('what was cleared is never delivered', () => {
  const { slices, delivered } = joined();
  slices.add(slice(0, 1000), false);
  slices.clear();
  slices.add(slice(1000, 1500, 3), true);
  assert.deepEqual(delivered(), [[1000, 1500, 3]]);
});
