import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Profile } from '../../src/profile/profile.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { HOST_FIXTURES, REGISTER } from '../helpers/node-process.ts';
import { routeOf } from '../helpers/routes.ts';
import { AGENT_DIST, type ServerOptions, startServer, type TestServer } from '../helpers/server.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'profiler loading é 日本 ')));
after(() => rmSync(temporary, { recursive: true, force: true }));

/** Starts a server, sends it work, and checks that the profile shows the function at its place in `source`. */
async function assertBurnShown(script: string, source: string, options: ServerOptions): Promise<TestServer> {
  const server = await startServer(script, options);
  try {
    await server.get('/burn/300');
    const { functions, routes } = (await server.api('profile')) as Profile;
    assert.ok(routes.includes('GET /burn/:id'), `the routes are ${routes.join(', ')}`);
    const found = functions.filter(({ name }) => name === 'burn').map(({ file, line }) => ({ file, line }));
    const expected = readFileSync(source, 'utf8')
      .split('\n')
      .findIndex((text) => /\bfunction burn\(/.test(text));
    assert.deepEqual(found, [{ file: source, line: expected + 1 }], `${server.stderr()}`);
  } finally {
    await server.stop();
  }
  return server;
}

const fixture = (name: string): string => join(HOST_FIXTURES, name);
const byImport = ['--import', REGISTER.import];
const byRequire = ['--require', REGISTER.require];

describe('loading', () => {
  for (const app of ['app.cjs', 'app.mjs']) {
    it(`profiles ${app} by --import`, async () => {
      await assertBurnShown(fixture(app), fixture(app), { profiled: false, nodeArgs: byImport });
    });
    it(`profiles ${app} by --require`, async () => {
      await assertBurnShown(fixture(app), fixture(app), { profiled: false, nodeArgs: byRequire });
    });
    it(`profiles ${app} by --import in NODE_OPTIONS`, async () => {
      const env = { NODE_OPTIONS: `--import ${REGISTER.import}` };
      await assertBurnShown(fixture(app), fixture(app), { profiled: false, env });
    });
    it(`profiles ${app} by --require in NODE_OPTIONS`, async () => {
      const env = { NODE_OPTIONS: `--require "${REGISTER.require}"` };
      await assertBurnShown(fixture(app), fixture(app), { profiled: false, env });
    });
    it(`loads once into ${app} when it is asked for in every way at once`, async () => {
      const env = {
        NODE_OPTIONS: `--require "${REGISTER.require}" --import ${REGISTER.import}`,
        PROFILER_QUIET: undefined,
      };
      const nodeArgs = [...byRequire, ...byImport];
      const server = await assertBurnShown(fixture(app), fixture(app), { profiled: false, nodeArgs, env });
      assert.equal(server.stderr(), `profiler: ${server.url}/__profile__\n`);
    });
  }
});

describe('imports of CommonJS frameworks, with none beside them that is an ES module', () => {
  const frameworks = [
    { packageName: 'fastify', app: 'fastify-named.mjs', fixtures: 'frameworks-b' },
    { packageName: '@hapi/hapi', app: 'hapi-named.mjs', fixtures: 'frameworks-b' },
    { packageName: 'express', app: 'express.mjs', fixtures: 'frameworks-a' },
  ];
  for (const { packageName, app, fixtures } of frameworks)
    it(`${packageName}: routes are known by their patterns`, async () => {
      const installed = await installFixture(`${fixtures}-latest`);
      const folder = join(temporary, 'imports', packageName);
      const link = join(folder, 'app/node_modules', packageName);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(installed, 'node_modules', packageName), link);
      symlinkSync(join(dirname(installed), `${fixtures}-shared`), join(folder, `${fixtures}-shared`));
      cpSync(join(installed, app), join(folder, 'app', app));
      const server = await startServer(join(folder, 'app', app));
      try {
        assert.match(await routeOf(server, 'GET /users/42'), /^GET \/users\/(?::id|\{id\})$/);
      } finally {
        await server.stop();
      }
    });
});

describe('TypeScript', () => {
  for (const kind of ['cjs', 'esm']) {
    const script = fixture(`typescript-${kind}/server.ts`);
    it(`run through tsx, ${kind}: frames show the .ts file and its lines, the agent loaded after tsx`, async () => {
      await assertBurnShown(script, script, { profiled: false, nodeArgs: ['--import', TSX, ...byImport] });
    });
    it(`run through tsx, ${kind}: frames show the .ts file and its lines, the agent loaded before tsx`, async () => {
      await assertBurnShown(script, script, { profiled: false, nodeArgs: [...byImport, '--import', TSX] });
    });
    it(`run through tsx, ${kind}: the agent may come by NODE_OPTIONS`, async () => {
      const env = { NODE_OPTIONS: `--require "${REGISTER.require}"` };
      await assertBurnShown(script, script, { profiled: false, nodeArgs: ['--import', TSX], env });
    });
  }

  const strips = 'typescript' in process.features && process.features.typescript !== false;
  it('stripped by Node.js itself: frames show the .ts file', { skip: !strips }, async () => {
    const script = fixture('typescript-esm/erasable.ts');
    await assertBurnShown(script, script, {});
  });
});

describe('bundles', () => {
  const source = fixture('typescript-esm/server.ts');
  for (const sourcemap of ['linked', 'inline'] as const) {
    for (const format of ['cjs', 'esm'] as const) {
      it(`minified by esbuild, ${format}, ${sourcemap} source map: frames show the sources`, async () => {
        const outfile = join(temporary, `${sourcemap}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
        await build({
          entryPoints: [source],
          outfile,
          bundle: true,
          minify: true,
          platform: 'node',
          format,
          sourcemap,
        });
        await assertBurnShown(outfile, source, {});
      });
    }
  }

  it('minified from sources in a folder with spaces and letters of all kinds: frames show the sources', async () => {
    const source = join(temporary, 'source.ts');
    cpSync(fixture('typescript-esm/erasable.ts'), source);
    const outfile = join(temporary, 'out/bundle.cjs');
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      sourcemap: true,
    });
    await assertBurnShown(outfile, source, {});
  });

  it('with its source map in another folder: frames show the sources', async () => {
    const outfile = join(temporary, 'moved.cjs');
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      sourcemap: 'linked',
    });
    const map = JSON.parse(readFileSync(`${outfile}.map`, 'utf8')) as { sources: string[] };
    mkdirSync(join(temporary, 'maps/deep'), { recursive: true });
    const sources = map.sources.map((path) => `../../${path}`);
    writeFileSync(join(temporary, 'maps/deep/moved.cjs.map'), JSON.stringify({ ...map, sources }));
    const code = readFileSync(outfile, 'utf8');
    writeFileSync(outfile, code.replace('sourceMappingURL=', 'sourceMappingURL=maps/deep/'));
    await assertBurnShown(outfile, source, {});
  });

  it('with a source map that is missing or broken: frames show the bundle', async () => {
    for (const [name, map] of [
      ['missing', null],
      ['broken', '{"version":3,"mappings":1}'],
    ] as const) {
      const outfile = join(temporary, `${name}.cjs`);
      writeFileSync(outfile, `${readFileSync(fixture('app.cjs'), 'utf8')}\n//# sourceMappingURL=${name}.cjs.map\n`);
      if (map !== null) writeFileSync(`${outfile}.map`, map);
      await assertBurnShown(outfile, outfile, {});
    }
  });
});

describe('places', () => {
  it('profiles an application in a folder with spaces and letters of all kinds', async () => {
    for (const name of ['app.cjs', 'app.mjs']) {
      const script = join(temporary, name);
      cpSync(fixture(name), script);
      await assertBurnShown(script, script, { cwd: temporary });
    }
  });

  it('runs from a package that is a symlink into a store, as pnpm installs it', async () => {
    const store = join(temporary, 'node_modules/.pnpm/profiler@1.0.0/node_modules');
    cpSync(AGENT_DIST, join(store, 'profiler/dist'), { recursive: true });
    cpSync(join(PROJECT, 'package.json'), join(store, 'profiler/package.json'));
    const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      dependencies: object;
    };
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(store, name)), { recursive: true });
      symlinkSync(join(PROJECT, 'node_modules', name), join(store, name));
    }
    symlinkSync(join(store, 'profiler'), join(temporary, 'node_modules/profiler'));
    for (const name of ['app.cjs', 'app.mjs']) {
      const script = join(temporary, name);
      cpSync(fixture(name), script);
      for (const flag of ['--import', '--require'])
        await assertBurnShown(script, script, {
          profiled: false,
          cwd: temporary,
          nodeArgs: [flag, 'profiler/register'],
        });
    }
  });
});

describe('an ES module program that imports a framework', () => {
  /** Its package.json and its main file decide whether the import is seen on Node.js 20. */
  async function assertRouteKnown(name: string, manifest: object, main: string, start: string): Promise<void> {
    const folder = join(temporary, name);
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    const packages = join(await installFixture('frameworks-b-latest'), 'node_modules');
    for (const dependency of ['hono', '@hono'])
      symlinkSync(join(packages, dependency), join(folder, 'node_modules', dependency));
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    mkdirSync(dirname(join(folder, main)), { recursive: true });
    cpSync(fixture('hono.mjs'), join(folder, main));
    if (start.startsWith('node_modules/.bin/')) symlinkSync(join(folder, main), join(folder, start));
    const server = await startServer(join(folder, start), { cwd: folder });
    try {
      assert.equal(await routeOf(server, 'GET /hello/world'), 'GET /hello/:who');
    } finally {
      await server.stop();
    }
  }

  it('started as a folder: routes are known', async () => {
    await assertRouteKnown('folder', { type: 'module', main: 'index.js' }, 'index.js', '.');
  });

  it('started through a link in node_modules/.bin: routes are known', async () => {
    await assertRouteKnown('linked', {}, 'cli/start.mjs', 'node_modules/.bin/start');
  });

  it('without a type in its package.json: routes are known', async () => {
    await assertRouteKnown('detected', {}, 'server.js', 'server.js');
  });
});
