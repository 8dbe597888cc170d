import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { type Finished, HOST_FIXTURES, REGISTER, runBoth } from '../helpers/node-process.ts';

interface Footprint {
  readonly threads: number;
  readonly samplers: readonly string[];
  readonly resources: readonly string[];
  readonly patched: readonly boolean[];
  readonly listeners: ReadonlyArray<readonly [string, number]>;
}

const temporary = mkdtempSync(join(tmpdir(), 'profiler-dormant-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

/** Older Node.js needs a loader thread to see imports of frameworks that are ES modules (docs/adr/0004). */
const NEEDS_LOADER_THREAD = !supportsSyncHooks();

function footprintOf({ stdout }: Finished): Footprint {
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? '{}') as Footprint;
}

/** What a process shows and how it ends, without what differs from run to run. */
function outcomeOf(finished: Finished): object {
  const { code, signal, stderr } = finished;
  const stdout = finished.stdout.split('\n').filter((line) => !line.startsWith('{'));
  return { code, signal, stdout, stderr };
}

/** @param loaderThread whether Node.js runs a thread of its own for the agent's import hooks, which it shows. */
function assertSameProcess(bare: Finished, profiled: Finished, loaderThread = false): void {
  assert.deepEqual(outcomeOf(profiled), outcomeOf(bare));
  const [without, withAgent] = [footprintOf(bare), footprintOf(profiled)];
  assert.deepEqual(withAgent.samplers, []);
  assert.deepEqual(withAgent.listeners, without.listeners);
  if (loaderThread) return;
  assert.deepEqual(withAgent.resources, without.resources);
  assert.equal(withAgent.threads, without.threads);
}

describe('a process that serves no HTTP', () => {
  it('script.cjs: no output, thread, sampler or listener; it ends by itself with its exit code', async () => {
    const { bare, profiled } = await runBoth(['script.cjs']);
    assert.equal(bare.code, 5);
    assertSameProcess(bare, profiled);
  });

  it('script.mjs: no output, thread, sampler or listener; it ends by itself with its exit code', async () => {
    const { bare, profiled } = await runBoth(['script.mjs']);
    assertSameProcess(bare, profiled);
  });

  it('script.mjs beside a framework that is an ES module: no more than the thread that it may need', async () => {
    for (const file of ['script.mjs', 'script.cjs', 'footprint.cjs'])
      copyFileSync(join(HOST_FIXTURES, file), join(temporary, file));
    mkdirSync(join(temporary, 'node_modules/hono'), { recursive: true });
    writeFileSync(join(temporary, 'node_modules/hono/package.json'), '{ "type": "module" }');
    const { bare, profiled } = await runBoth([join(temporary, 'script.mjs')]);
    assertSameProcess(bare, profiled, NEEDS_LOADER_THREAD);
    const added = footprintOf(profiled).threads - footprintOf(bare).threads;
    assert.equal(added, NEEDS_LOADER_THREAD ? 1 : 0);
  });

  it('an HTTP client does not wake the agent', async () => {
    const server = createServer((_request, response) => response.end('from elsewhere')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { bare, profiled } = await runBoth(['script.cjs', url]);
    server.close();
    assert.match(profiled.stdout, /from elsewhere/);
    assertSameProcess(bare, profiled);
  });

  it('a TCP server does not wake the agent', async () => {
    const { bare, profiled } = await runBoth(['tcp.cjs']);
    assert.match(profiled.stdout, /hello/);
    assertSameProcess(bare, profiled);
  });

  it('an error at start-up is reported as without the agent', async () => {
    const { bare, profiled } = await runBoth(['does-not-exist.cjs']);
    assert.equal(profiled.code, 1);
    const shown = ({ stderr, ...rest }: Finished): object => ({
      ...rest,
      stderr: stderr.replace(/^ {4}at .*?( \{)?\n/gm, ''),
    });
    assert.deepEqual(shown(profiled), shown(bare));
  });

  it('a program from the standard input, the command line and a check of syntax print nothing more', async () => {
    for (const args of [['--eval', 'console.log(1)'], ['--print', '1'], ['--check', 'script.cjs'], ['--version']]) {
      const { bare, profiled } = await runBoth(args);
      assert.deepEqual(profiled, bare);
    }
  });
});

describe('tools that inherit NODE_OPTIONS', () => {
  const run = promisify(execFile);
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace(/package\.json$/, 'bin/tsc');
  const commands = [
    ['npm', '--version'],
    ['npm', 'pkg', 'get', 'name'],
    ['npx', '--version'],
    [process.execPath, tsc, '--version'],
  ];
  for (const [program = '', ...args] of commands) {
    it(`${program.split('/').at(-1)} ${args.at(-1)} prints what it prints without the agent`, async (context) => {
      const outputs: object[] = [];
      for (const options of ['', `--import ${REGISTER.import}`, `--require "${REGISTER.require}"`]) {
        const env = { ...process.env, NODE_OPTIONS: options };
        const result = await run(program, args, { env, cwd: HOST_FIXTURES }).catch(
          (error) => error as NodeJS.ErrnoException,
        );
        if (result instanceof Error && result.code === 'ENOENT') return context.skip(`there is no ${program}`);
        outputs.push({ ...result });
      }
      assert.deepEqual(outputs[1], outputs[0]);
      assert.deepEqual(outputs[2], outputs[0]);
    });
  }
});

describe('the master switch', () => {
  it('a server without it is profiled: a thread and a sampler are there', async () => {
    const { profiled } = await runBoth(['once.cjs']);
    const { threads, samplers, patched } = footprintOf(profiled);
    assert.equal(threads, 1);
    assert.equal(samplers.length, 1);
    assert.deepEqual(patched, [true, true, true]);
    assert.doesNotMatch(profiled.stdout, /the application/);
  });

  for (const value of ['false', '0', 'no', 'off', ' FALSE ']) {
    it(`PROFILER_ENABLED=${value} hooks nothing`, async () => {
      const { bare, profiled } = await runBoth(['once.cjs'], {
        env: { PROFILER_ENABLED: value, PROFILER_QUIET: 'false' },
      });
      assertSameProcess(bare, profiled);
      assert.deepEqual(footprintOf(profiled).patched, [false, false, false]);
      assert.match(profiled.stdout, /the application/);
    });
  }

  it('enabled = false in the INI file leaves a server alone', async () => {
    writeFileSync(join(temporary, 'profiler.ini'), '[profiler]\nenabled = false\n');
    const { bare, profiled } = await runBoth([join(HOST_FIXTURES, 'once.cjs')], {
      cwd: temporary,
      env: { PROFILER_QUIET: 'false' },
    });
    assertSameProcess(bare, profiled);
    assert.match(profiled.stdout, /the application/);
  });
});
