/** SourceMaps: real bundles made by esbuild, and everything that can be wrong with a map. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type BuildOptions, build } from 'esbuild';
import fc from 'fast-check';
import { type OriginalPosition, SourceMaps } from '../../../src/collector/source-maps.ts';

const SOURCE = `// A comment that a bundler drops.
export interface Place {
  readonly name: string;
}

function helper(argument: number): number {
  return argument;
}

export function declaredFunction(argument: number): number {
  return helper(argument);
}

export const arrowFunction = (argument: string): number => argument.length;

export const asyncArrow = async (argument: string): Promise<number> => argument.length;

export const functionExpression = function (argument: string): number {
  return argument.length;
};

export class Service {
  handleRequest(argument: number): number {
    return argument;
  }

  a(argument: number): number {
    return argument;
  }
}
`;

/** Where these are in SOURCE. */
const LINES = {
  declaredFunction: 10,
  arrowFunction: 14,
  asyncArrow: 16,
  functionExpression: 18,
  handleRequest: 23,
  a: 27,
};

interface Bundle {
  readonly declaredFunction: object;
  readonly arrowFunction: object;
  readonly asyncArrow: object;
  readonly functionExpression: object;
  readonly Service: { readonly prototype: { readonly handleRequest: object; readonly a: object } };
}

interface Position {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiler-source-maps-'));
});
after(() => rm(folder, { recursive: true }));

const noHost = async (): Promise<null> => null;

async function write(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

/** @returns the file of a minified bundle of SOURCE. */
async function bundle(name: string, options: BuildOptions = {}): Promise<string> {
  const entry = await write(`${name}/src/service.ts`, SOURCE);
  const outfile = join(folder, name, 'dist/bundle.js');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'cjs',
    sourcemap: true,
    logLevel: 'silent',
    ...options,
  });
  return outfile;
}

/** Where V8 says that a function begins, as it does in samples. */
async function positionOf(target: object): Promise<Position> {
  const session = new Session();
  session.connect();
  const shared = globalThis as { located?: object };
  shared.located = target;
  try {
    const { result } = await session.post('Runtime.evaluate', { expression: 'located' });
    const { internalProperties } = await session.post('Runtime.getProperties', { objectId: result.objectId ?? '' });
    const location: unknown = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
    const { lineNumber, columnNumber } = location as { lineNumber: number; columnNumber: number };
    return { name: (target as { name: string }).name, line: lineNumber + 1, column: columnNumber + 1 };
  } finally {
    delete shared.located;
    session.disconnect();
  }
}

async function original(
  file: string,
  { line, column, name }: Position,
  maps = new SourceMaps(noHost),
): Promise<OriginalPosition | null> {
  await maps.load(file);
  return maps.original(file, line, column, name);
}

/** What the functions of a bundle are shown as: `name file:line`. */
async function shownOf(file: string): Promise<string[]> {
  const loaded = createRequire(import.meta.url)(file) as Bundle;
  const { handleRequest, a } = loaded.Service.prototype;
  const { declaredFunction, arrowFunction, asyncArrow, functionExpression } = loaded;
  const shown: string[] = [];
  for (const target of [declaredFunction, arrowFunction, asyncArrow, functionExpression, handleRequest, a]) {
    const position = await positionOf(target);
    const found = await original(file, position);
    shown.push(found ? `${found.name} ${found.file.replace(folder, '')}:${found.line}` : `unmapped ${position.name}`);
  }
  return shown;
}

function expectedIn(source: string): string[] {
  return Object.entries(LINES).map(([name, line]) => `${name} ${source}:${line}`);
}

test('a minified bundle with its map beside it shows names and places of the source', async () => {
  assert.deepEqual(await shownOf(await bundle('beside')), expectedIn('/beside/src/service.ts'));
});

test('a map inside the file', async () => {
  assert.deepEqual(
    await shownOf(await bundle('inline', { sourcemap: 'inline' })),
    expectedIn('/inline/src/service.ts'),
  );
});

test('a map whose sources start at a root', async () => {
  const file = await bundle('root', { sourceRoot: '/elsewhere' });
  const [first] = await shownOf(file);
  assert.match(first ?? '', /^declaredFunction \/.*service\.ts:10$/);
});

test('sources that name no file on this disk stay as they are', async () => {
  const file = await bundle('webpack');
  const map = JSON.parse(await readFile(`${file}.map`, 'utf8')) as { sources: string[] };
  map.sources = ['webpack://shop/./src/service.ts'];
  await writeFile(`${file}.map`, JSON.stringify(map));
  assert.equal((await shownOf(file))[0], 'declaredFunction webpack://shop/src/service.ts:10');
});

test("a map may begin with )]}'", async () => {
  const file = await bundle('prefix');
  await writeFile(`${file}.map`, `)]}'\n${await readFile(`${file}.map`, 'utf8')}`);
  assert.deepEqual(await shownOf(file), expectedIn('/prefix/src/service.ts'));
});

test('a map of maps', async () => {
  const file = await bundle('sections');
  const map: unknown = JSON.parse(await readFile(`${file}.map`, 'utf8'));
  await writeFile(`${file}.map`, JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, map }] }));
  assert.deepEqual(await shownOf(file), expectedIn('/sections/src/service.ts'));
});

test('a map in another folder: its sources are relative to it', async () => {
  const file = await bundle('apart');
  const map = JSON.parse(await readFile(`${file}.map`, 'utf8')) as { sources: string[] };
  map.sources = ['../../src/service.ts'];
  await write('apart/maps/js/bundle.map', JSON.stringify(map));
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replace(/sourceMappingURL=.*/, 'sourceMappingURL=../maps/js/bundle.map'));
  assert.deepEqual(await shownOf(file), expectedIn('/apart/src/service.ts'));
});

test('comments may follow the one that names the map', async () => {
  const file = await bundle('debug-id');
  await writeFile(file, `${await readFile(file, 'utf8')}\n//# debugId=85314830-023f-4cf1-a267-535f4e37bb17\n\n`);
  assert.deepEqual(await shownOf(file), expectedIn('/debug-id/src/service.ts'));
});

test('code that only speaks of source maps has none', async () => {
  for (const code of [
    'const marker = "//# sourceMappingURL=x.map";',
    '//# sourceMappingURL=x.map\nmodule.exports = 1;',
    'const url = /sourceMappingURL=(.*)/;\n',
    'sourceMappingURL=',
    '',
  ]) {
    const file = await write('speaks/x.js', code);
    await write('speaks/x.map', JSON.stringify({ version: 3, sources: ['wrong.ts'], names: [], mappings: 'AAAA' }));
    assert.equal(await original(file, { name: 'f', line: 1, column: 1 }), null, code);
  }
});

const broken: Readonly<Record<string, string>> = {
  missing: '//# sourceMappingURL=nowhere.map',
  'not percent-encoded': '//# sourceMappingURL=100%.map',
  'a folder': '//# sourceMappingURL=.',
  'without an end': '//# sourceMappingURL=/dev/zero',
  'on the web': '//# sourceMappingURL=https://example.com/x.map',
  'not JSON': dataUrl('{"version":3,'),
  'not an object': dataUrl('42'),
  null: dataUrl('null'),
  'an empty object': dataUrl('{}'),
  'without sources': dataUrl('{"version":3,"mappings":"AAAA"}'),
  'without mappings': dataUrl('{"version":3,"sources":["a.ts"],"names":[]}'),
  'with a source out of range': dataUrl('{"version":3,"sources":[],"names":[],"mappings":"AAAA"}'),
  'with a negative source': dataUrl('{"version":3,"sources":["a.ts"],"names":[],"mappings":"ADAA"}'),
  'with an unnamed source': dataUrl('{"version":3,"sources":[null],"names":[],"mappings":"AAAA"}'),
  'with empty sections': dataUrl('{"version":3,"sections":[]}'),
  'with broken sections': dataUrl('{"version":3,"sections":[{}]}'),
  'a broken data URL': '//# sourceMappingURL=data:application/json;base64,####',
};

function dataUrl(json: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(json).toString('base64')}`;
}

for (const [what, comment] of Object.entries(broken)) {
  test(`a map that is broken or unreadable: ${what}`, async () => {
    const file = await write('broken/x.js', `function f(){}\n${comment}\n`);
    for (const position of [
      { name: 'f', line: 1, column: 11 },
      { name: '', line: 1, column: 1 },
      { name: 'g', line: 99, column: 99 },
    ])
      assert.equal(await original(file, position), null);
  });
}

test('property: whatever a map says, it is no error', async () => {
  const mapping = fc.stringMatching(/^[A-Za-z0-9+/,;%]{0,40}$/);
  const sources = fc.array(fc.option(fc.oneof(fc.stringMatching(/^[a-z]{1,8}:[/\\.\w]{0,12}$/), fc.string())), {
    maxLength: 3,
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      mapping,
      sources,
      fc.string(),
      fc.nat(3),
      fc.nat(50),
      async (mappings, named, sourceRoot, line, column) => {
        const json = JSON.stringify({ version: 3, sources: named, sourceRoot, names: [], mappings });
        const file = await write(`any/${run++}.js`, `f\n${dataUrl(json)}`);
        const found = await original(file, { name: 'f', line, column });
        if (found)
          assert.deepEqual(
            [typeof found.file, typeof found.name, Number.isFinite(found.line)],
            ['string', 'string', true],
          );
      },
    ),
    { numRuns: 60 },
  );
});

test('a source that is a file of another host stays a URL', async () => {
  const json = JSON.stringify({ version: 3, sources: ['file://server/share/a.ts'], names: [], mappings: 'AAAA' });
  const file = await write('share/x.js', `f\n${dataUrl(json)}`);
  assert.equal((await original(file, { name: 'f', line: 1, column: 1 }))?.file, 'file://server/share/a.ts');
});

test('a data URL need not be base64', async () => {
  const json = JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' });
  const file = await write('plain/x.js', `f\n//# sourceMappingURL=data:application/json,${encodeURIComponent(json)}`);
  assert.deepEqual(await original(file, { name: 'f', line: 1, column: 1 }), {
    file: join(folder, 'plain/a.ts'),
    line: 1,
    column: 1,
    name: 'f',
  });
});

test('files that are gone, native code and URLs have no map and are not looked for', async () => {
  const maps = new SourceMaps(() => assert.fail('the host was asked'));
  for (const file of [
    '',
    'node:fs',
    'wasm://x',
    'evalmachine.<anonymous>',
    'relative.js',
    join(folder, 'gone.js'),
    folder,
    '/dev/zero',
  ])
    assert.equal(await original(file, { name: 'f', line: 1, column: 1 }, maps), null);
});

test('a function without a position is not mapped', async () => {
  const json = JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' });
  const file = await write('zero/x.js', `f\n${dataUrl(json)}`);
  assert.equal(await original(file, { name: 'f', line: 0, column: 0 }), null);
});

test('the host is asked once for the map of a TypeScript file, which a loader transformed', async () => {
  const asked: string[] = [];
  const maps = new SourceMaps(async (file) => {
    asked.push(file);
    return JSON.stringify({ version: 3, sources: ['service.ts'], names: [], mappings: 'AAAA' });
  });
  const file = await write('loader/service.ts', SOURCE);
  assert.equal((await original(file, { name: 'f', line: 1, column: 1 }, maps))?.line, 1);
  await maps.load(file);
  await maps.load(await write('loader/plain.js', 'f'));
  assert.deepEqual(asked, [file]);
});

test('a host that does not answer is asked again; one that has no map is not', async () => {
  const answers = [undefined, null];
  let asked = 0;
  const maps = new SourceMaps(async () => answers[asked++]);
  const file = await write('silent/service.ts', SOURCE);
  assert.equal(await maps.load(file), false);
  assert.equal(await maps.load(file), true);
  assert.equal(await maps.load(file), true);
  assert.equal(asked, 2);
});

test('maps together are bounded, and the one that was loaded last is always there', async () => {
  const padding = 'x'.repeat(3 * 1024 * 1024);
  const maps = new SourceMaps(noHost);
  const files: string[] = [];
  for (let at = 0; at < 8; at++) {
    const json = JSON.stringify({ version: 3, sources: ['a.ts'], names: [padding], mappings: 'AAAA' });
    files.push(await write(`many/${at}.js`, `f\n${dataUrl(json)}`));
    assert.equal((await original(files.at(-1) ?? '', { name: 'f', line: 1, column: 1 }, maps))?.line, 1);
  }
  const kept = files.filter((file) => maps.original(file, 1, 1, 'f') !== null);
  assert.ok(kept.length > 1 && kept.length < 6, `${kept.length} kept`);
});
