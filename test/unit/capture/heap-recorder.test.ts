import assert from 'node:assert/strict';
import test from 'node:test';
import { objectsOf } from '../../../src/capture/heap-recorder.ts';

const INTERVAL = 65_536;

for (const size of [16_448, 4096, 1024, 104, 262_144]) {
  test(`a sample of objects of ${size} bytes stands for as many as V8 has scaled it by`, () => {
    const count = Math.floor(1 / (1 - Math.exp(-size / INTERVAL)) + 0.5);
    assert.equal(objectsOf(size * count, INTERVAL), count);
  });
}

test('a large object stands for itself', () => {
  assert.equal(objectsOf(4_637_048, INTERVAL), 1);
});
