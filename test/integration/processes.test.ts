/** Threads, processes, permissions and parts of the agent that are missing or die. */

import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Profile } from '../../src/profile/profile.ts';
import { api, assertCounted, status, type Use, using } from '../helpers/host-server.ts';
import { startNode } from '../helpers/node-process.ts';
import { AGENT_DIST } from '../helpers/server.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const [MAJOR = 0] = process.versions.node.split('.').map(Number);

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'profiler-processes-')));
after(() => rmSync(temporary, { recursive: true, force: true }));

describe('the permission model', () => {
  const flag = MAJOR >= 24 ? '--permission' : '--experimental-permission';
  const read = [flag, '--allow-fs-read=*', ...(MAJOR >= 25 ? ['--allow-net'] : [])];

  it('without threads and addons: one line says so, the application works', async () => {
    await using(['--no-warnings', ...read, 'app.cjs'], { env: { PROFILER_QUIET: 'false' } }, async (url, server) => {
      for (let index = 0; index < 3; index++) assert.equal((await fetch(`${url}/burn/1`)).status, 200);
      const lines = server.stderr().trim().split('\n');
      assert.equal(lines.length, 1, server.stderr());
      assert.match(lines[0] ?? '', /^profiler: cannot start: .*(?:restricted|permission)/i);
      assert.equal(await (await fetch(`${url}/__profile__`)).text(), 'done');
    });
  });

  it('with threads and without addons: requests are counted, the status says what is missing', {
    skip: MAJOR < 22,
  }, async () => {
    const args = ['--no-warnings', ...read, '--allow-worker', 'app.cjs'];
    await using(args, { env: { PROFILER_DATA_DIR: undefined } }, async (url, server) => {
      await fetch(`${url}/burn/1`);
      await assertCounted(url, 1);
      const { problems, sampling } = await status(url);
      assert.equal(problems.length, 2);
      assert.match(problems[0] ?? '', /^sampling is switched off: /);
      assert.match(problems[1] ?? '', /^recordings are kept in memory only: .*(?:restricted|permission)/i);
      assert.equal(sampling.tracking, 'none');
      assert.equal(server.stderr().split('\n').length, 2, server.stderr());
    });
  });

  it('with threads, addons and a folder to write: everything works', { skip: MAJOR < 22 }, async () => {
    const args = ['--no-warnings', ...read, '--allow-worker', '--allow-addons', '--allow-fs-write=*', 'app.cjs'];
    await using(args, {}, async (url, server) => {
      await fetch(`${url}/burn/200`);
      assert.equal(server.stderr(), '');
      assert.deepEqual((await status(url)).problems, []);
      const { functions } = await api<Profile>(url, 'profile');
      assert.ok(functions.some(({ name }) => name === 'burn'));
    });
  });
});

describe('several threads and processes', () => {
  it('a worker thread that serves is profiled, others and the main thread stay dormant, all end as they would', async () => {
    const ends: string[] = [];
    for (const profiled of [false, true]) {
      const main = startNode(['threads.cjs'], { profiled, env: { PROFILER_QUIET: 'false' } });
      const url = await main.url();
      await fetch(`${url}/burn/200`);
      if (profiled) {
        const { functions } = await api<Profile>(url, 'profile');
        assert.ok(functions.some(({ name }) => name === 'burn'));
        assert.equal(main.stderr(), `profiler: ${url}/__profile__\n`);
      }
      await fetch(`${url}/stop`);
      const { code, signal } = await main.exit;
      ends.push(`${code} ${signal} ${main.stdout().replace(/\d{4,}/g, '')}`);
    }
    assert.equal(ends[1], ends[0]);
  });

  it('a forked server is profiled, its parent stays dormant', async () => {
    const parent = startNode(['fork.cjs']);
    const url = await parent.url();
    const footprint = JSON.parse((await parent.printed(/^{.*}$/m))[0]) as { threads: number; samplers: string[] };
    assert.deepEqual([footprint.threads, footprint.samplers], [0, []]);
    await fetch(`${url}/burn/200`);
    const { functions } = await api<Profile>(url, 'profile');
    assert.ok(functions.some(({ name }) => name === 'burn'));
    parent.kill('SIGTERM');
    await parent.printed(/the child ended with null SIGTERM/);
    assert.equal((await parent.exit).code, 0);
  });

  it('each worker of a cluster says who answers, the primary stays dormant', async () => {
    const primary = startNode(['cluster.cjs', '0']);
    const footprint = JSON.parse((await primary.printed(/^PRIMARY (.*)$/m))[1] ?? '') as {
      threads: number;
      samplers: string[];
    };
    assert.deepEqual([footprint.threads, footprint.samplers], [0, []]);
    await primary.printed(/WORKER.*\n(?:.*\n)*WORKER.*\n/);
    const workers = [...primary.stdout().matchAll(/^WORKER (\d+) (\d+) (\d+)$/gm)];
    assert.equal(workers.length, 2);
    for (const [, pid, port] of workers) {
      const url = `http://127.0.0.1:${port}`;
      assert.equal(await (await fetch(url)).text(), pid);
      assert.equal((await status(url)).pid, Number(pid));
    }
    const shared = `http://127.0.0.1:${workers[0]?.[3]}`;
    const answering = new Set<number>();
    for (let index = 0; index < 4; index++) answering.add((await status(shared)).pid);
    assert.deepEqual([...answering].sort(), workers.map(([, pid]) => Number(pid)).sort());
    primary.kill('SIGTERM');
    assert.deepEqual(await primary.exit, { code: 0, signal: null });
  });
});

describe("the host's threads", () => {
  it('keep their priority; only the collector has a lower one', { skip: process.platform !== 'linux' }, async () => {
    await using(['app.cjs'], {}, async (url, server) => {
      await fetch(`${url}/burn/50`);
      for (const path of ['profile', 'export?format=pprof', 'export?format=callgrind'])
        assert.equal((await fetch(`${url}/__profile__/api/v1/${path}`)).status, 200);
      const threads = readdirSync(`/proc/${server.pid}/task`);
      const lowered = threads.filter((id) => nicenessOf(`/proc/${server.pid}/task/${id}/stat`) > 0);
      assert.equal(lowered.length, 1, `${lowered.length} of ${threads.length} threads`);
    });
  });

  function nicenessOf(statFile: string): number {
    const stat = readFileSync(statFile, 'utf8');
    // proc_pid_stat(5), field 19; the name before it, in parentheses, may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  }
});

describe('an incomplete installation', () => {
  /** A project with a copy of the agent whose dependencies are linked, but for those that `without` names. */
  function projectWith(name: string, without: readonly string[]): string {
    const modules = join(temporary, name, 'node_modules');
    cpSync(AGENT_DIST, join(modules, 'profiler/dist'), { recursive: true });
    cpSync(join(PROJECT, 'package.json'), join(modules, 'profiler/package.json'));
    const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      dependencies: object;
    };
    for (const dependency of Object.keys(dependencies).filter((each) => !without.includes(each))) {
      mkdirSync(dirname(join(modules, dependency)), { recursive: true });
      symlinkSync(join(PROJECT, 'node_modules', dependency), join(modules, dependency));
    }
    return join(temporary, name);
  }
  const startIn = <Result>(project: string, use: Use<Result>): Promise<Result> => {
    const register = pathToFileURL(join(project, 'node_modules/profiler/dist/register.mjs')).href;
    return using(['--import', register, 'app.cjs'], { profiled: false }, use);
  };

  it('without the prebuilt sampler: requests are counted, status and one line say what is missing', async () => {
    const project = projectWith('no-sampler', ['@datadog/pprof']);
    const installed = join(PROJECT, 'node_modules/@datadog/pprof');
    const pprof = join(project, 'node_modules/@datadog/pprof');
    for (const part of ['package.json', 'out']) cpSync(join(installed, part), join(pprof, part), { recursive: true });
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      dependencies: object;
    };
    for (const dependency of Object.keys(dependencies)) {
      const link = join(project, 'node_modules', dependency);
      if (!existsSync(link)) symlinkSync(join(PROJECT, 'node_modules', dependency), link);
    }
    await startIn(project, async (url, server) => {
      await fetch(`${url}/burn/1`);
      await assertCounted(url, 1);
      const { problems, sampling } = await status(url);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^sampling is switched off: /);
      assert.doesNotMatch(problems[0] ?? '', /\n/);
      assert.equal(sampling.tracking, 'none');
      assert.equal(server.stderr(), `profiler: ${problems[0]}\n`);
    });
  });

  it('without the collector: one line says so, the page is 503 with JSON, the application serves on', async () => {
    const project = projectWith('no-collector', []);
    rmSync(join(project, 'node_modules/profiler/dist/collector.cjs'));
    await startIn(project, async (url, server) => {
      for (let index = 0; index < 3; index++) assert.equal((await fetch(`${url}/burn/1`)).status, 200);
      const response = await fetch(`${url}/__profile__/api/v1/status`);
      assert.equal(response.status, 503);
      assert.equal(((await response.json()) as { code: string }).code, 'PROFILER_E_COLLECTOR');
      await server.printed(/collector\.cjs/);
      assert.match(server.stderr(), /^profiler: profiling is switched off: .*collector\.cjs.*\n$/);
    });
  });

  it('without the agent itself: one line says so, the application serves on', async () => {
    const project = projectWith('no-agent', []);
    rmSync(join(project, 'node_modules/profiler/dist/agent.cjs'));
    await startIn(project, async (url, server) => {
      for (let index = 0; index < 3; index++) assert.equal((await fetch(`${url}/burn/1`)).status, 200);
      assert.match(server.stderr(), /^profiler: cannot start: .*agent\.cjs.*\n$/);
    });
  });
});

describe('the death of the collector thread', () => {
  it('is one line; the page is 503 with JSON, the application serves on and ends as it would', async () => {
    const log = join(temporary, 'dead.pprof');
    const server = startNode(['collector-death.cjs'], { env: { PROFILER_LOG_FILENAME: log } });
    const url = await server.url();
    await fetch(`${url}/`);
    assert.equal((await status(url)).requests.ended, 1);
    await fetch(`${url}/kill`);
    for (let index = 0; index < 3; index++) assert.equal(await (await fetch(`${url}/`)).text(), 'fine');
    const response = await fetch(`${url}/__profile__/api/v1/status`);
    assert.equal(response.status, 503);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(((await response.json()) as { code: string }).code, 'PROFILER_E_COLLECTOR');
    await server.printed(/the collector thread ended/);
    const before = performance.now();
    server.kill('SIGTERM');
    assert.deepEqual(await server.exit, { code: null, signal: 'SIGTERM' });
    assert.ok(performance.now() - before < 4000, 'the end does not wait for a dead thread');
    assert.match(server.stderr(), /^profiler: profiling is switched off: the collector thread ended with code 1\n$/);
  });
});
