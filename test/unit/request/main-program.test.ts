/** What is told of a program before it runs. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { mayImportAsModule } from '../../../src/request/main-program.ts';

const root = mkdtempSync(join(tmpdir(), 'profiler-program-'));
after(() => rmSync(root, { recursive: true, force: true }));
const WANTED = ['express', 'hono', 'hono/tiny', '@scope/server/adapters/one'];
const AS_MODULE = '{ "type": "module" }';
let folders = 0;

/** @param files by path, in a folder of their own. @returns the answer for the program `app/server.mjs`, or another. */
function answerFor(files: Readonly<Record<string, string>>, program = 'app/server.mjs'): boolean {
  const folder = join(root, String(folders++));
  for (const [path, text] of Object.entries({ 'app/server.mjs': '', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return mayImportAsModule(join(folder, program), WANTED);
}

test('a program that is an ES module, beside a package that can be imported as one', () => {
  assert.equal(answerFor({ 'app/node_modules/hono/package.json': AS_MODULE }), true);
  assert.equal(answerFor({ 'node_modules/hono/package.json': AS_MODULE }), true);
  assert.equal(
    answerFor({ 'app/node_modules/hono/package.json': AS_MODULE, 'app/package.json': AS_MODULE }, 'app'),
    true,
  );
  assert.equal(answerFor({ 'app/node_modules/@scope/server/package.json': AS_MODULE }), true);
  assert.equal(answerFor({ 'app/node_modules/.pnpm/node_modules/hono/package.json': AS_MODULE }), true);
  for (const manifest of [
    '{ "exports": { ".": { "import": "./es/index.js", "require": "./index.js" } } }',
    '{ "exports": { "module-sync": "./es/index.js" } }',
    '{ "main": "./index.mjs" }',
  ])
    assert.equal(answerFor({ 'app/node_modules/hono/package.json': manifest }), true, manifest);
});

test('no package of these, one that is not wanted, or CommonJS only', () => {
  assert.equal(answerFor({}), false);
  assert.equal(answerFor({ 'app/node_modules/other/package.json': AS_MODULE }), false);
  assert.equal(
    answerFor({ 'app/node_modules/express/package.json': '{ "name": "express", "main": "index.js" }' }),
    false,
  );
});

test('a package that is there for others only is none of the program’s', () => {
  const hono = { 'node_modules/hono/package.json': AS_MODULE };
  const naming = (field: string, name: string): string => JSON.stringify({ [field]: { [name]: '1' } });
  assert.equal(answerFor({ ...hono, 'package.json': naming('dependencies', 'astro') }), false);
  assert.equal(answerFor({ ...hono, 'package.json': naming('dependencies', 'hono') }), true);
  assert.equal(answerFor({ ...hono, 'package.json': naming('devDependencies', 'hono') }), true);
  // Of a workspace.
  assert.equal(
    answerFor({
      ...hono,
      'app/package.json': naming('dependencies', 'hono'),
      'package.json': naming('devDependencies', 'tsx'),
    }),
    true,
  );
  assert.equal(answerFor({ ...hono, 'package.json': '{ broken' }), true);
});

test('a program that is CommonJS, by its name, its package or its syntax', () => {
  const hono = { 'node_modules/hono/package.json': AS_MODULE };
  assert.equal(answerFor({ ...hono, 'server.cjs': '' }, 'server.cjs'), false);
  assert.equal(answerFor({ ...hono, 'server.js': 'import "hono";' }, 'server.js'), true);
  assert.equal(answerFor({ ...hono, 'server.js': 'import("hono");' }, 'server.js'), false);
  assert.equal(
    answerFor({ ...hono, 'server.js': 'import "hono";', 'package.json': '{"type":"commonjs"}' }, 'server.js'),
    false,
  );
  assert.equal(answerFor({ ...hono, 'server.js': '', 'package.json': AS_MODULE }, 'server.js'), true);
  assert.equal(answerFor(hono, 'missing'), false);
  assert.equal(mayImportAsModule(undefined, WANTED), false);
});

test('packages are looked for where the program really is', () => {
  const link = join(root, 'link.mjs');
  symlinkSync(join(root, String(folders), 'app/server.mjs'), link);
  answerFor({ 'app/node_modules/hono/package.json': AS_MODULE });
  assert.equal(mayImportAsModule(link, WANTED), true);
});
