/** classify: whose code a function is. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { classify } from '../../../src/profile/category.ts';

const APP = { category: 'app' };
const ofPackage = (name: string): object => ({ category: 'package', package: name });

const CASES: readonly (readonly [what: string, script: string, name: string, expected: object])[] = [
  ['a file of the app', '/srv/app/server.js', 'handle', APP],
  ['a file URL of the app', 'file:///srv/app/server.mjs', 'handle', APP],
  ['a Windows path of the app', 'C:\\app\\server.js', 'handle', APP],
  ['a node: script', 'node:internal/fs/read', 'readFile', { category: 'node' }],
  ['a package', '/app/node_modules/express/lib/router.js', 'next', ofPackage('express')],
  ['a scoped package', '/app/node_modules/@fastify/send/index.js', 'send', ofPackage('@fastify/send')],
  ['a package by file URL', 'file:///app/node_modules/hono/dist/hono.js', 'fetch', ofPackage('hono')],
  ['a package on Windows', 'C:\\app\\node_modules\\@hapi\\hapi\\lib\\core.js', 'x', ofPackage('@hapi/hapi')],
  ['a nested package', '/app/node_modules/a/node_modules/b/index.js', 'x', ofPackage('b')],
  ['a pnpm package', '/app/node_modules/.pnpm/koa@2.0.0/node_modules/koa/index.js', 'x', ofPackage('koa')],
  [
    'a scoped pnpm package',
    '/app/node_modules/.pnpm/@koa+router@1.0.0/node_modules/@koa/router/index.js',
    'x',
    ofPackage('@koa/router'),
  ],
  ['a tool folder inside node_modules', '/app/node_modules/.bin/tool.js', 'x', APP],
  ['a tool folder inside a package', '/app/node_modules/a/node_modules/.cache/x.js', 'x', ofPackage('a')],
  ['a folder that only ends like node_modules', '/app/my_node_modules/a/index.js', 'x', APP],
  ['a relative path', 'node_modules/pg/index.js', 'x', ofPackage('pg')],
  ['a bundler path', 'webpack://shop/./node_modules/@trpc/server/dist/index.js', 'x', ofPackage('@trpc/server')],
  ['a yarn archive', '/app/.yarn/cache/pg-npm-8.0.0.zip/node_modules/pg/index.js', 'x', ofPackage('pg')],
  ['code run with vm', 'evalmachine.<anonymous>', 'x', APP],
  ['code given to node -e', '[eval]', 'x', APP],
  ['WebAssembly', 'wasm://wasm/llhttp-9a', 'wasm-function[12]', { category: 'native' }],
  ['garbage collection', '', '(garbage collector)', { category: 'gc' }],
  ['the idle thread', '', '(idle)', { category: 'idle' }],
  ['the VM itself', '', '(program)', { category: 'native' }],
  ['a builtin', '', 'writev', { category: 'native' }],
];

for (const [what, script, name, expected] of CASES) {
  test(`${what} is ${Object.values(expected).join(' ')}`, () => {
    assert.deepEqual(classify(script, name), expected);
  });
}
