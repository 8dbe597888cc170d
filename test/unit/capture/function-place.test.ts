import assert from 'node:assert/strict';
import test from 'node:test';
import { functionPlace, LineIndex } from '../../../src/capture/function-place.ts';

/** A function's source, where its place is marked with a ^ that is not part of it, and its kind. */
const CASES: ReadonlyArray<readonly [string, 'plain' | 'async' | 'generator' | 'async generator']> = [
  ['function plain^(a) {}', 'plain'],
  ['function /* ( */ commented /* ( */ ^(a) {}', 'plain'],
  ['function // (\n f^() {}', 'plain'],
  ['function^(){}', 'plain'],
  ['async function af^(a) {}', 'async'],
  ['async function^() {}', 'async'],
  ['function* gen^() {}', 'generator'],
  ['function*^(){}', 'generator'],
  ['async function* agen^() {}', 'async generator'],
  ['^(a, b) => {}', 'plain'],
  ['^a=>a', 'plain'],
  ['^$_1 => ({})', 'plain'],
  ['^async (a) => {}', 'async'],
  ['^async(a)=>{}', 'async'],
  ['^async (a = ")", [b] = [(1)]) /* x */ => a', 'async'],
  ['^async a=>a', 'async'],
  ['^async => async', 'plain'],
  ['m^(a) {}', 'plain'],
  ['async^() { return () => 1 }', 'plain'],
  ['get^() {}', 'plain'],
  ['async am^(a) {}', 'async'],
  ['*g^() {}', 'generator'],
  ['async *ag^() {}', 'async generator'],
  ['get x^() {}', 'plain'],
  ['set x^(v) {}', 'plain'],
  ["['comp' + (1)]^(a) {}", 'plain'],
  ["async ['comp' + (1)]^(a) {}", 'async'],
  ["'a(b'^() {}", 'plain'],
  ['#p^(a) {}', 'plain'],
  ['asyncronous^(a) {}', 'plain'],
  ['constructor^() {}', 'plain'],
  ['^class A extends B(c) {}', 'plain'],
  ['^{ field = f(1) }', 'plain'],
  ['^static { f() }', 'plain'],
];

for (const [marked, kind] of CASES) {
  test(`the place of \`${marked.replace('\n', '\\n')}\` is at the mark, and it is ${kind}`, () => {
    const before = 'const x = ';
    const source = `${before}${marked.replace('^', '')}`;
    const { offset, isAsync, isGenerator } = functionPlace(source, before.length);
    assert.equal(offset, before.length + marked.indexOf('^'));
    assert.deepEqual([isAsync, isGenerator], [kind.startsWith('async'), kind.endsWith('generator')]);
  });
}

test('a head that never ends does not take forever', () => {
  assert.equal(functionPlace(`['${'x'.repeat(1e6)}`, 0).offset, 0);
});

test('lines end where ECMAScript ends them, and the last line needs no end', () => {
  const text = 'a\nbb\r\nc\u2028d\re';
  const index = new LineIndex(text);
  const places = [...text].map((char, offset) => ({ char, ...index.placeOf(offset) }));
  assert.deepEqual(
    places.filter(({ char }) => /\w/.test(char)).map(({ char, line, column }) => `${char} ${line}:${column}`),
    ['a 1:1', 'b 2:1', 'b 2:2', 'c 3:1', 'd 4:1', 'e 5:1'],
  );
});
