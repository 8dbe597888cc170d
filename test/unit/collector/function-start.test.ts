/** Positions of functions: where a call site has them becomes where V8's profiler has them, for every kind of function. */

import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { functionStart } from '../../../src/collector/function-start.ts';
import { captureStack } from '../../../src/wait/call-stack.ts';

const FILE = '/app/kinds.js';
const MAX_ROUNDS = 20;
/** Every function calls `mark`, on a line of its own. */
const SOURCE = `
function plain(a) { mark(); }
async function asynchronous(a) { mark(); }
function* generator(a) { mark(); }
async function* asyncGenerator() { mark(); }
const arrow = (a) => { mark(); };
const short = a => { mark(); };
const asyncArrow = async (a) => { mark(); };
const asyncShort = async a => { mark(); };
const expression = function (a) { mark(); };
const named = function ofItsOwn(a) { mark(); };
class Kinds {
  constructor() { mark(); }
  method(a) { mark(); }
  async asyncMethod() { mark(); }
  static fixed() { mark(); }
  static async asyncFixed() { mark(); }
  get getter() { mark(); return 1; }
  set setter(value) { mark(); }
  #hidden() { mark(); }
  callHidden() { this.#hidden(); }
  ['computed' + 1]() { mark(); }
  field = () => { mark(); };
  *generatorMethod() { mark(); }
  async *asyncGeneratorMethod() { mark(); }
  async(a) { mark(); }
  get(a) { mark(); }
}
const literal = { brief(a) { mark(); }, property: function () { mark(); }, 'quoted name'() { mark(); }, async late() { mark(); } };
plain(); asynchronous(); generator().next(); asyncGenerator().next(); arrow(); short(); asyncArrow(); asyncShort(); expression(); named();
const kinds = new Kinds();
kinds.method(); kinds.asyncMethod(); Kinds.fixed(); Kinds.asyncFixed(); kinds.getter; kinds.setter = 1; kinds.callHidden(); kinds.computed1();
kinds.field(); kinds.generatorMethod().next(); kinds.asyncGeneratorMethod().next(); kinds.async(); kinds.get();
literal.brief(); literal.property(); literal['quoted name'](); literal.late();
`;

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('each kind of function starts where V8 samples it', () => {
  const lines = SOURCE.split('\n');
  const found = new Set<string>();
  const mark = (): void => {
    const [site] = captureStack(mark);
    assert.ok(site);
    const line = site.getEnclosingLineNumber() ?? 0;
    const column = site.getEnclosingColumnNumber() ?? 0;
    const start = functionStart({ name: '', file: FILE, line, column }, lines);
    found.add(`${start.line}:${start.column}`);
    spin(15);
  };
  const run = new Script(`(function (mark) {${SOURCE}})`, { filename: FILE, columnOffset: 0 }).runInThisContext();
  const sampled = new Set<string>();
  // On a busy machine V8's sampling thread may sleep through a function.
  const isMissing = (): boolean => found.size === 0 || [...found].some((start) => !sampled.has(start));
  for (let round = 0; round < MAX_ROUNDS && isMissing(); round++) {
    const session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 500 });
    session.post('Profiler.start');
    run(mark);
    session.post('Profiler.stop', (error, { profile }) => {
      assert.equal(error, null);
      // Two that do not call `mark`: the second is what V8 makes of the class's fields.
      for (const { callFrame } of profile.nodes)
        if (
          callFrame.url.endsWith(FILE) &&
          callFrame.lineNumber > 0 &&
          !['callHidden', '<instance_members_initializer>'].includes(callFrame.functionName)
        )
          sampled.add(`${callFrame.lineNumber + 1}:${callFrame.columnNumber + 1}`);
    });
    session.disconnect();
  }
  const functions = lines.join('').match(/mark\(\);/g)?.length;
  assert.equal(found.size, functions);
  assert.deepEqual([...sampled].sort(), [...found].sort());
});

test('a script that cannot be read leaves the position as it is', () => {
  const frame = { name: 'f', file: FILE, line: 3, column: 7 };
  assert.deepEqual(functionStart(frame, undefined), frame);
  assert.deepEqual(functionStart(frame, ['']), frame);
});
