/** The INI reader; expected sections are what Python 3.11's ConfigParser gives for the same text. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIni } from '../../../src/config/ini.ts';

/** Sections as plain objects, which is what Python's `{s: dict(parser._sections[s]) for s in parser.sections()}` prints. */
function sectionsOf(text: string): Record<string, Record<string, string>> {
  const sections = parseIni(text).sections.map(({ name, entries }) => {
    return [name, Object.fromEntries(entries.map(({ key, value }) => [key, value]))] as const;
  });
  return Object.fromEntries(sections);
}

test('values keep =, #, ; and quotes; the first = or : ends the key', () => {
  const text = '[a]\nuse = egg:x#y\nlog: /tmp/a#b;c = d\nname = "q" ; no comment\nempty =\n';
  assert.deepEqual(sectionsOf(text), {
    a: { use: 'egg:x#y', log: '/tmp/a#b;c = d', name: '"q" ; no comment', empty: '' },
  });
});

test('names keep dots, colons, spaces and brackets', () => {
  assert.deepEqual(sectionsOf('[filter:a.b]\nset x.y = 1\nlist[] = 2\n[filter:a]\n'), {
    'filter:a.b': { 'set x.y': '1', 'list[]': '2' },
    'filter:a': {},
  });
});

test('deeper lines continue a value, comments and blank lines between them included', () => {
  const text = '[p]\n  pipeline = a\n    b\n# note\n    [c]\n\n    d = e\n  next = 1\n[q]\nx = 1\n';
  assert.deepEqual(sectionsOf(text), { p: { pipeline: 'a\nb\n[c]\n\nd = e', next: '1' }, q: { x: '1' } });
});

test('a section that is indented as a whole has separate keys', () => {
  assert.deepEqual(sectionsOf('[p]\n    a = 1\n    b = 2\n'), { p: { a: '1', b: '2' } });
});

test('a line below a fault does not continue the entry above it', () => {
  assert.deepEqual(sectionsOf('[a]\nb = 1\n[open\n  c = 2\n'), { a: { b: '1', c: '2' } });
});

test('a byte order mark and every kind of line end are read', () => {
  const entries = [{ key: 'b', value: '1', line: 2 }];
  for (const end of ['\n', '\r\n', '\r']) {
    assert.deepEqual(parseIni(`\uFEFF[a]${end}b = 1${end}`), { sections: [{ name: 'a', entries }], faults: [] });
  }
});

test('repeated sections become one, repeated keys stay in order with their lines', () => {
  assert.deepEqual(parseIni('[a]\nx = 1\n[b]\n[a]\nx = 2\n').sections, [
    {
      name: 'a',
      entries: [
        { key: 'x', value: '1', line: 2 },
        { key: 'x', value: '2', line: 5 },
      ],
    },
    { name: 'b', entries: [] },
  ]);
});

test('what is neither header nor entry is a fault on its line', () => {
  assert.deepEqual(parseIni('[a]\nfoo\n= 1\n[open\n[]\nb = 1\n').faults, [
    { line: 2, section: 'a', reason: 'no = or : after a key' },
    { line: 3, section: 'a', reason: 'no key before the = or :' },
    { line: 4, section: 'a', reason: 'not a section header' },
    { line: 5, section: 'a', reason: 'not a section header' },
  ]);
});

test('names of the prototype are names like others', () => {
  const { sections } = parseIni('[__proto__]\nconstructor = 1\n__proto__ = 2\n');
  assert.equal(sections[0]?.name, '__proto__');
  assert.deepEqual(
    sections[0]?.entries.map(({ key }) => key),
    ['constructor', '__proto__'],
  );
  assert.equal(Reflect.get({}, 'constructor'), Object);
});

test('any text is read without an exception', () => {
  const line = fc.oneof(fc.string(), fc.stringMatching(/^[ \t]{0,2}[[\]=:#;%a"' \r\n]{0,12}$/));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { sections, faults } = parseIni(lines.join('\n'));
      for (const { entries } of sections) for (const { key, line: at } of entries) assert.ok(key !== '' && at >= 1);
      for (const fault of faults) assert.ok(fault.line >= 1);
    }),
  );
});

test('what is written as sections and keys is what is read', () => {
  const name = fc.stringMatching(/^[a-z_.:]{1,10}$/);
  const key = fc.stringMatching(/^[a-z_.]([a-z_. ]{0,10}[a-z_.])?$/);
  const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/);
  const file = fc.dictionary(name, fc.dictionary(key, value, { noNullPrototype: true }), { noNullPrototype: true });
  fc.assert(
    fc.property(file, (sections) => {
      const lines = Object.entries(sections).flatMap(([section, entries]) => [
        `[${section}]`,
        ...Object.entries(entries).map(([left, right]) => `${left} = ${right}`),
      ]);
      assert.deepEqual(sectionsOf(lines.join('\n')), sections);
    }),
  );
});
