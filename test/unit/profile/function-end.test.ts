/** Where functions end: what is read from the place that V8 gives, up to the answer. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { functionEnd } from '../../../src/profile/function-end.ts';

/** `‹` marks where the function begins, `›` where it ends. */
function assertEnds(marked: string): void {
  const source = marked.replace(/[‹›]/g, '');
  const end = functionEnd(source, marked.indexOf('‹'));
  assert.equal(
    end === null ? null : source.slice(0, end),
    marked.slice(0, marked.indexOf('›')).replace('‹', ''),
    marked,
  );
}

test('declarations, methods, accessors, generators: the brace that closes the body', () => {
  assertEnds('function a‹(b, c = {}) { if (b) { c(); } }› d();');
  assertEnds('class A { b‹() { return {}; }› c() {} }');
  assertEnds('class A { get b‹() { return 1; }› }');
  assertEnds('async function* a‹() { yield* b(); }›\n}');
  assertEnds('class A { x = 1; ‹static { this.y = {}; }› }');
});

test('arrow functions: a block, or an expression up to what no longer belongs to it', () => {
  assertEnds('const a = ‹(b) => { return b; }›;');
  assertEnds('const a = ‹b => b + 1›;\nc();');
  assertEnds('list.map(‹(b) => ({ b })›).filter(c)');
  assertEnds('f(‹async b => b.c(1, [2])›, 3)');
  assertEnds('const a = ‹(b) => b.c›\nconst d = 1');
  assertEnds('const a = ‹(b) =>\n  b\n    .c()\n    .d()›\nconst e = 1');
});

test('braces in strings, templates, comments and regular expressions are none', () => {
  assertEnds(`function a‹() { return "}" + '{' + \`}\${b("\`")}{\`; }› c`);
  assertEnds('function a‹() { // }\n /* } */ return /[}/]\\/}/.test(b) && c / d / e; }› f');
  assertEnds('function a‹() { if (x) return /}/g; }› f');
});

test('TypeScript: types of parameters and results are not the body', () => {
  assertEnds('function a‹(b: { c: number }): { d: string } { return b; }› e');
  assertEnds('function a‹(): Promise<{ d: string }[]> { return b; }› e');
  assertEnds('const a = ‹(b: () => void): string => { return c; }›;');
});

test('what is no function has no end', () => {
  for (const source of ['', ') {}', 'a; b {}', '(', '(a)']) assert.equal(functionEnd(source, 0), null, source);
});

test('source that breaks off ends the function with it', () => {
  assert.equal(functionEnd('(a) { b("', 0), 9 + 1);
});
