import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom, shuffle } from '../../../bench/statistics/random.ts';

const draw = (seed: number, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

test('the same seed gives the same numbers, another seed gives others', () => {
  assert.deepEqual(draw(1, 5), draw(1, 5));
  assert.notDeepEqual(draw(1, 5), draw(2, 5));
});

test('the numbers fill [0, 1) evenly', () => {
  const numbers = draw(7, 20_000);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  for (let decile = 0; decile < 10; decile++) {
    const share = numbers.filter((number) => Math.floor(number * 10) === decile).length / numbers.length;
    assert.ok(Math.abs(share - 0.1) < 0.01, `decile ${decile} holds ${share}`);
  }
});

test('a shuffle keeps every item once and puts each of them first about equally often', () => {
  const random = seededRandom(3);
  const firsts = { a: 0, b: 0, c: 0 };
  for (let run = 0; run < 3000; run++) {
    const shuffled = shuffle(['a', 'b', 'c'] as const, random);
    assert.deepEqual([...shuffled].sort(), ['a', 'b', 'c']);
    const [first] = shuffled;
    if (first !== undefined) firsts[first]++;
  }
  for (const count of Object.values(firsts)) assert.ok(Math.abs(count - 1000) < 120, JSON.stringify(firsts));
});
