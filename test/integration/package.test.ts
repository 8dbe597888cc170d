/** The package as npm users get it: packed from a clean copy, installed into an empty project, used in every way it offers. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { METADATA, parseTree } from '../helpers/profiles.ts';
import { startServer } from '../helpers/server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** Nothing of these is packed or built from; other tests write into some of them meanwhile. */
const LEFT_OUT = ['node_modules', 'dist', '.cache', '.git', 'test', 'bench', 'examples'];
const PUBLIC_NAMES = [
  'METRICS',
  'STATS_MODES',
  'STATS_SORTS',
  'VERSION',
  'exporters',
  'findExporter',
  'mergeProfiles',
  'readPprof',
  'renderPstats',
  'statsRows',
];
const SERVER = `
createServer((request, response) => response.end('hello')).listen(0, '127.0.0.1', function () {
  console.log('PORT ' + this.address().port);
});
`;

const temporary = mkdtempSync(join(tmpdir(), 'profiler-package-'));
const consumer = join(temporary, 'consumer');
after(() => rmSync(temporary, { recursive: true, force: true }));

before(async () => {
  const tarball = await pack();
  mkdirSync(consumer);
  write('package.json', JSON.stringify({ name: 'consumer', private: true }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball], consumer);
});

/** Packs a copy without anything built: what `npm pack` does in a clean clone after `npm ci`, without touching this one's dist. */
async function pack(): Promise<string> {
  const clone = join(temporary, 'clone');
  cpSync(ROOT, clone, { recursive: true, filter: (file) => !LEFT_OUT.includes(relative(ROOT, file)) });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  await run('npm', ['pack', '--loglevel=error', '--pack-destination', temporary], clone);
  const [tarball] = readdirSync(temporary).filter((name) => name.endsWith('.tgz'));
  assert.ok(tarball);
  return join(temporary, tarball);
}

test('nothing was compiled: no package in the tree has an install script', () => {
  const { packages } = JSON.parse(readFileSync(join(consumer, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  assert.ok(Object.keys(packages).length > 5);
  assert.deepEqual(
    Object.keys(packages).filter((name) => packages[name]?.hasInstallScript),
    [],
  );
});

test('it holds what is needed and no sources, tests or maps', () => {
  const files = readdirSync(join(consumer, 'node_modules/profiler'), { recursive: true, encoding: 'utf8' });
  assert.ok(files.includes(join('dist', 'cli.mjs')));
  assert.deepEqual(
    files.filter((file) => /\.map$|^(?:src|test|bench|examples|scripts)\b|(?<!\.d)\.[cm]?ts$/.test(file)),
    [],
  );
});

test('import and require give the same names', async () => {
  write('names.mjs', `import * as profiler from 'profiler'; console.log(Object.keys(profiler).sort().join());`);
  write('names.cjs', `console.log(Object.keys(require('profiler')).sort().join());`);
  for (const file of ['names.mjs', 'names.cjs']) {
    assert.equal(await run(process.execPath, [file], consumer), `${PUBLIC_NAMES.join()}\n`);
  }
});

test('the library reads, merges and writes profiles', async () => {
  const profile = parseTree('main @/app/server.js:3 2', METADATA);
  write(
    'profile.json',
    JSON.stringify(profile, (_key, value) => (ArrayBuffer.isView(value) ? Array.from(value as never) : value)),
  );
  write(
    'library.mjs',
    `import { readFileSync, writeFileSync } from 'node:fs';
    import { findExporter, mergeProfiles, readPprof, statsRows } from 'profiler';
    const profile = JSON.parse(readFileSync('profile.json', 'utf8'));
    writeFileSync('profile.pb.gz', findExporter('pprof').encode(profile, { metric: 'cpu' }));
    const read = readPprof(readFileSync('profile.pb.gz'));
    console.log(statsRows(mergeProfiles([read, read]), 'cpu')[0].selfNs);`,
  );
  assert.equal(await run(process.execPath, ['library.mjs'], consumer), '40\n');
  const bin = join(consumer, 'node_modules/.bin/profiler');
  assert.match(await run(bin, ['stats', 'profile.pb.gz'], consumer), /server\.js:3\(main\)/);
});

test('the command is there, executable, with its version', { skip: process.platform === 'win32' }, async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  assert.equal(await run(join(consumer, 'node_modules/.bin/profiler'), ['--version'], consumer), `${version}\n`);
});

describe('profiler/register', () => {
  for (const [flag, file, head] of [
    ['--import', 'server.mjs', `import { createServer } from 'node:http';`],
    ['--require', 'server.cjs', `const { createServer } = require('node:http');`],
  ] as const) {
    test(`node ${flag} profiler/register ${file}`, async () => {
      write(file, `${head}${SERVER}`);
      const server = await startServer(join(consumer, file), {
        profiled: false,
        nodeArgs: [flag, 'profiler/register'],
      });
      await server.get('/');
      const { problems, sampling } = (await server.api('status')) as {
        problems: string[];
        sampling: { recording: boolean };
      };
      assert.deepEqual([problems, sampling.recording], [[], true]);
      await server.stop();
    });
  }
});

describe('types', () => {
  const SOURCE = `import { type Exporter, findExporter, type FunctionInfo, mergeProfiles, type Profile, readPprof, renderPstats, statsRows, VERSION } from 'profiler';
    import 'profiler/register';
    const profile: Profile = mergeProfiles([readPprof(new Uint8Array())]);
    const info: FunctionInfo | undefined = statsRows(profile, 'cpu')[0]?.info;
    const exporter: Exporter | null = findExporter('pprof');
    const text: string = renderPstats(profile, { sort: 'time', mode: 'stats', fulldirs: false, metric: 'wall' });
    // @ts-expect-error there is no such metric
    statsRows(profile, 'memory');
    export const all: unknown[] = [info?.line.toFixed(), exporter?.encode(profile, { metric: 'cpu' }).byteLength, text, VERSION.length];
  `;
  const modes = [
    { module: 'nodenext', file: 'consumer.mts' },
    { module: 'nodenext', file: 'consumer.cts' },
    { module: 'node16', file: 'consumer.mts' },
    { module: 'node16', file: 'consumer.cts' },
    { module: 'preserve', moduleResolution: 'bundler', file: 'consumer.ts' },
  ];

  for (const { file, ...mode } of modes) {
    test(`${mode.moduleResolution ?? mode.module}: ${file}`, async () => {
      write(file, SOURCE);
      // No types of Node.js and no skipped checks: the declarations have to stand alone.
      const compilerOptions = {
        ...mode,
        target: 'es2023',
        lib: ['es2023'],
        types: [],
        strict: true,
        skipLibCheck: false,
        noEmit: true,
      };
      write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
      assert.equal(await run(process.execPath, [TSC, '-p', '.'], consumer), '');
    });
  }

  test('the paths in package.json are there', () => {
    const folder = join(consumer, 'node_modules/profiler');
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const paths = [...JSON.stringify(manifest).matchAll(/"(\.\/dist\/[^"]*)"/g)].map(([, path]) => path ?? '');
    assert.ok(paths.length > 6);
    for (const path of paths) assert.ok(existsSync(join(folder, path)), path);
  });
});

function write(name: string, text: string): void {
  writeFileSync(join(consumer, name), text);
}

/** @returns stdout @throws with everything that was said */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  // An outer npm's settings, such as those of `npm test`, are not this project's.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_(?:package|lifecycle|config_local)|NODE_OPTIONS|NODE_TEST_CONTEXT)/i.test(name),
    ),
  );
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env, shell: process.platform === 'win32' });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
