/** Symbolizer: what a sampled function is shown as. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { SourceMaps } from '../../../src/collector/source-maps.ts';
import { type SymbolizedFunction, Symbolizer } from '../../../src/collector/symbolizer.ts';
import { segmentOf } from './segments.ts';
import { OWN_DIRECTORY, symbolizer } from './trees.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiler-symbolizer-'));
});
after(() => rm(folder, { recursive: true }));

/** @param frame as in segmentOf. */
async function symbolize(frame: string, by: Symbolizer = symbolizer()): Promise<SymbolizedFunction> {
  const [symbolized] = await by.symbolize(segmentOf([{ stack: frame, at: 1 }]).functions);
  assert.ok(symbolized);
  return symbolized;
}

test('a file: URL is a path, as scripts that are required have it', async () => {
  const { info } = await symbolize(`handle@${pathToFileURL('/app/a b.mjs').href}:3:5`);
  assert.deepEqual(info, { name: 'handle', file: '/app/a b.mjs', line: 3, column: 5, category: 'app' });
});

test('a URL that names no file stays as it is', async () => {
  for (const script of ['file://server/share/a.js', 'wasm://wasm/abc', 'evalmachine.<anonymous>', 'node:fs'])
    assert.equal((await symbolize(`f@${script}:1:2`)).info.file, script);
});

test('functions without a name are anonymous; a module’s own code says so', async () => {
  assert.equal((await symbolize('@/app/a.js:3:5')).info.name, '(anonymous)');
  assert.equal((await symbolize('@/app/a.js:1:1')).info.name, '(module)');
  assert.equal((await symbolize('')).info.name, '(anonymous)');
});

test('functions know what kind of code they are', async () => {
  const frames = [
    'f@/app/a.js:1:2',
    'f@/app/node_modules/@koa/router/lib/r.js:1:2',
    'f@node:fs:1:2',
    'writev',
    '(garbage collector)',
  ];
  const kinds = await Promise.all(frames.map(async (frame) => (await symbolize(frame)).info));
  assert.deepEqual(
    kinds.map(({ category, package: name }) => name ?? category),
    ['app', '@koa/router', 'node', 'native', 'gc'],
  );
});

test('the profiler’s own code is known by its folder, not by the beginning of one', async () => {
  assert.equal((await symbolize(`f@${OWN_DIRECTORY}/agent.cjs:1:2`)).isOwn, true);
  assert.equal((await symbolize(`f@${OWN_DIRECTORY}-server/main.js:1:2`)).isOwn, false);
  assert.equal((await symbolize('f@/app/a.js:1:2')).isOwn, false);
});

test('the code of AsyncLocalStorage is known in every Node.js', async () => {
  const storage = [
    'node:async_hooks',
    'node:internal/async_local_storage/async_hooks',
    'node:internal/async_local_storage/async_context_frame',
  ];
  for (const script of storage) assert.equal((await symbolize(`run@${script}:1:2`)).isStorage, true);
  assert.equal((await symbolize('run@node:internal/async_hooks:1:2')).isStorage, false);
});

test('names of any length are cut', async () => {
  assert.equal((await symbolize(`${'n'.repeat(5000)}@/app/a.js:1:2`)).info.name.length, 1024);
});

test('one entry per function, in their order, each made once', async () => {
  const by = symbolizer();
  const stack = 'a@/app/x.js:1:2 > b@/app/y.js:3:4 > a@/app/x.js:1:2 > c@/app/x.js:5:6';
  const { functions } = segmentOf([{ stack, at: 1 }]);
  const first = await by.symbolize(functions);
  assert.deepEqual(
    first.map(({ info }) => info.name),
    ['a', 'b', 'c'],
  );
  const second = await by.symbolize(functions);
  for (const [at, symbolized] of first.entries()) assert.equal(second[at], symbolized);
  assert.equal(by.size, 3);
});

test('positions are those of the source, and so is the category', async () => {
  const json = JSON.stringify({ version: 3, sources: ['node_modules/left-pad/index.js'], names: [], mappings: 'AAEC' });
  const file = join(folder, 'mapped.js');
  await writeFile(file, `f\n//# sourceMappingURL=data:application/json,${encodeURIComponent(json)}`);
  const { info } = await symbolize(`f@${file}:1:1`);
  assert.deepEqual(info, {
    name: 'f',
    file: join(folder, 'node_modules/left-pad/index.js'),
    line: 3,
    column: 2,
    category: 'package',
    package: 'left-pad',
  });
});

test('while the host does not answer, functions have their place in the generated code; then their own', async () => {
  const json = JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAoDA' });
  const answers = [undefined, json];
  const by = new Symbolizer(OWN_DIRECTORY, new SourceMaps(async () => answers.shift()));
  const file = join(folder, 'a.ts');
  await writeFile(file, 'f');
  const lines: number[] = [];
  for (let round = 0; round < 3; round++) lines.push((await symbolize(`f@${file}:1:1`, by)).info.line);
  assert.deepEqual(lines, [1, 53, 53]);
});

test('generated code without end does not grow the cache without bound', async () => {
  const by = symbolizer();
  for (let round = 0; round < 12; round++) {
    const count = 10_000;
    await by.symbolize({
      name: Array.from({ length: count }, (_, at) => `f${round * count + at}`),
      file: Array(count).fill('evalmachine.<anonymous>'),
      line: new Int32Array(count),
      column: new Int32Array(count),
    });
  }
  assert.ok(by.size <= 50_000);
});
