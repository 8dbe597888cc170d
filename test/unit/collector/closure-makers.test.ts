/** Which function made a closure: by the source, if it was met. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ClosureMakers, closureMakers, type Positions } from '../../../src/collector/closure-makers.ts';
import type { FunctionInfo } from '../../../src/profile/profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-closures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Every function of a text as `line:column < line:column of the one around it`. */
function drawn(text: string): string[] {
  return [...closureMakers(text)].map(([place, maker]) => (maker ? `${place} < ${maker.line}:${maker.column}` : place));
}

test('functions of every kind stand where V8 has them, and below the one around them', () => {
  const text = [
    '#!/usr/bin/env node', // 1
    'function outer(a, b = () => a) {', // 2: parenthesis at 15, arrow at 23
    '  const named = async function inner() {', // 3: 37
    '    return async (x) => x;', // 4: 12
    '  };', // 5
    '  return { get size() { return () => 1; }, method() {}, async *many() {} };', // 6: 20, 32, 50, 68
    '}', // 7
    'class Shop {', // 8
    '  #secret = () => 2;', // 9: 13
    '  constructor() { this.on = x => x; }', // 10: 14, 29
    '  static { setTimeout(() => {}); }', // 11: 23
    '}', // 12
  ].join('\n');
  assert.deepEqual(drawn(text), [
    '2:15',
    '2:23 < 2:15',
    '3:37 < 2:15',
    '4:12 < 3:37',
    '6:20 < 2:15',
    '6:32 < 6:20',
    '6:50 < 2:15',
    '6:68 < 2:15',
    '9:13',
    '10:14',
    '10:29 < 10:14',
    '11:23',
  ]);
});

test('CommonJS, sloppy code and modules are read; other languages and broken text have no functions', () => {
  assert.deepEqual(drawn('if (!ok) return; with (x) y(() => 1);'), ['1:29']);
  assert.deepEqual(drawn("import a from 'a';\nexport default () => a;\nawait a(() => 2);"), ['2:16', '3:9']);
  assert.deepEqual(drawn('export const f = (x: number): number => x;'), []);
  assert.deepEqual(drawn('function ('), []);
  assert.deepEqual(drawn(`${'('.repeat(100_000)}`), []);
});

const SCRIPT = join(folder, 'app.js');
writeFileSync(
  SCRIPT,
  [
    'function serve(request) {',
    '  [1].map((x) => {',
    '    load(x).then(() => x);',
    '  });',
    '}',
    'load(() => 1);',
  ].join('\n'),
);
const AS_IT_IS: Positions = { scriptPlace: (info) => info, originalPlace: (place) => place };

function functionAt(line: number, column: number, name: string, file = SCRIPT): FunctionInfo {
  return { name, file, line, column, category: 'app' };
}

const serve = functionAt(1, 15, 'serve');
const mapper = functionAt(2, 11, 'mapper');
const callback = functionAt(3, 18, 'callback');

test('the maker is the nearest function around that was met, in this segment or before', () => {
  const makers = new ClosureMakers(AS_IT_IS);
  makers.meet([callback]);
  assert.equal(makers.makerOf(callback), undefined);
  makers.meet([serve]);
  assert.equal(makers.makerOf(callback), serve);
  makers.meet([mapper]);
  assert.equal(makers.makerOf(callback), mapper);
  assert.equal(makers.makerOf(mapper), serve);
  assert.equal(makers.makerOf(serve), undefined);
  makers.meet([]);
  assert.equal(makers.makerOf(functionAt(6, 6, 'top')), undefined);
  assert.equal(makers.makerOf(functionAt(3, 19, 'nowhere')), undefined, 'no function begins there');
});

test('functions of Node.js, of files that cannot be read and of no file have none', () => {
  const makers = new ClosureMakers(AS_IT_IS);
  const gone = join(folder, 'gone.js');
  const all = [
    { ...functionAt(9, 1, 'native', ''), line: 0 },
    functionAt(9, 1, 'evaluated', 'evalmachine.<anonymous>'),
    functionAt(9, 1, 'gone', gone),
    functionAt(1, 1, 'before', gone),
    { ...functionAt(9, 1, 'emit', 'node:events'), category: 'node' as const },
  ];
  makers.meet(all);
  for (const info of all) assert.equal(makers.makerOf(info), undefined, info.name);
});

test('source maps: the script is what is parsed, the original is what is shown', () => {
  const shift = 100;
  const original = join(folder, 'app.ts');
  const mapped = (info: FunctionInfo): FunctionInfo => ({ ...info, file: original, line: info.line + shift });
  const makers = new ClosureMakers({
    scriptPlace: ({ line, column }) => ({ file: SCRIPT, line: line - shift, column }),
    originalPlace: ({ line, column }) => ({ file: original, line: line + shift, column }),
  });
  makers.meet([mapped(serve), mapped(callback)]);
  assert.deepEqual(makers.makerOf(mapped(callback)), mapped(serve));
});
