import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { readPprof } from '../../src/export/read-pprof.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { type NodeProcess, startNode, withoutPid } from '../helpers/node-process.ts';

const BURN_MS = 300;
/** The machine may be busy, and samples are spread: less than this was lost. */
const SHOWN_MS = 150;
const LOG = 'server.pprof';
const CACHEGRIND = 'cachegrind.out.server';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'profiler-exit-'));
});
const folders: string[] = [];
after(() => {
  for (const used of folders) rmSync(used, { recursive: true, force: true });
});

function withFiles(env: Record<string, string> = {}): Record<string, string> {
  folders.push(folder);
  return { PROFILER_LOG_FILENAME: join(folder, LOG), PROFILER_CACHEGRIND_FILENAME: join(folder, CACHEGRIND), ...env };
}

function cpuMsBelow(profile: Profile, name: string): number {
  const { parent, function: nodeFunction, self } = profile.nodes;
  const inside: boolean[] = [false];
  let cpuNs = 0;
  for (let node = 1; node < parent.length; node++) {
    inside[node] = inside[parent[node] ?? 0] === true || profile.functions[nodeFunction[node] ?? -1]?.name === name;
    if (inside[node]) cpuNs += self.cpuNs[node] ?? 0;
  }
  return cpuNs / 1e6;
}

/** Both files hold what the server did in its last moments. */
function assertComplete(): void {
  const profile = readPprof(readFileSync(join(folder, LOG)));
  assert.ok(cpuMsBelow(profile, 'burnLast') > SHOWN_MS, `burnLast has ${cpuMsBelow(profile, 'burnLast')} ms`);
  const callgrind = readFileSync(join(folder, CACHEGRIND), 'utf8');
  assert.match(callgrind, /^events: /m);
  assert.match(callgrind, /fn=.*burnLast/);
  assert.deepEqual(readdirSync(folder).sort(), [CACHEGRIND, LOG]);
}

interface Ending {
  /** What comes after the script. */
  readonly args?: readonly string[];
  /** Last part of the last request's URL. */
  readonly how?: string;
  readonly signals?: readonly NodeJS.Signals[];
}

/** Starts the server, has it work to its last moment, ends it. @returns what its parent sees of the end. */
async function end(
  { args = [], how = 'nothing', signals = [] }: Ending,
  env: Record<string, string> | null,
): Promise<object> {
  const server = startNode(['ends.cjs', ...args], env === null ? { profiled: false } : { env });
  const url = await server.url();
  await fetch(`${url}/burn/10`);
  await fetch(`${url}/last/${BURN_MS}/${how}`).catch(() => undefined);
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await server.printed(/not yet/);
    server.kill(signal);
  }
  const { code, signal } = await server.exit;
  return { code, signal, stdout: server.stdout().replace(/^PORT \d+$/m, ''), stderr: withoutAgent(server.stderr()) };
}

/** Takes the agent's frames out of stacks, and what its frames push out of the ten that are shown. */
function withoutAgent(stderr: string): string {
  return withoutPid(stderr.replace(/^ {4}at .*\n/gm, ''));
}

async function assertEndsAlike(ending: Ending): Promise<object> {
  const bare = await end(ending, null);
  assert.deepEqual(await end(ending, {}), bare, 'without log files');
  assert.deepEqual(await end(ending, withFiles()), bare, 'with log files');
  assertComplete();
  return bare;
}

describe('the end of a process', () => {
  before(() => installFixture('host'));

  const endings: Record<
    string,
    { readonly ending: Ending; readonly expected: { code: number | null; signal: string | null } }
  > = {
    'server.close()': { ending: { how: 'close' }, expected: { code: 0, signal: null } },
    'process.exitCode and server.close()': { ending: { how: 'exit-code' }, expected: { code: 4, signal: null } },
    'process.exit(3) in a handler': { ending: { how: 'exit' }, expected: { code: 3, signal: null } },
    'SIGTERM without a handler': { ending: { signals: ['SIGTERM'] }, expected: { code: null, signal: 'SIGTERM' } },
    'SIGINT without a handler': { ending: { signals: ['SIGINT'] }, expected: { code: null, signal: 'SIGINT' } },
    'SIGTERM that the process sends itself': {
      ending: { how: 'kill-itself' },
      expected: { code: null, signal: 'SIGTERM' },
    },
    "SIGTERM with the application's graceful shutdown": {
      ending: { args: ['graceful'], signals: ['SIGTERM'] },
      expected: { code: 0, signal: null },
    },
    'SIGTERM with a graceful shutdown by process.once': {
      ending: { args: ['graceful-once'], signals: ['SIGTERM'] },
      expected: { code: 0, signal: null },
    },
    'a second SIGTERM after a process.once handler that only waits': {
      ending: { args: ['stubborn'], signals: ['SIGTERM', 'SIGTERM'] },
      expected: { code: null, signal: 'SIGTERM' },
    },
    'SIGINT with a handler that exits': {
      ending: { args: ['exit-in-handler'], signals: ['SIGINT'] },
      expected: { code: 130, signal: null },
    },
    'SIGTERM after the handler was removed': {
      ending: { args: ['removed-later'], signals: ['SIGTERM'] },
      expected: { code: null, signal: 'SIGTERM' },
    },
    'SIGTERM after process.removeAllListeners': {
      ending: { args: ['all-removed'], signals: ['SIGTERM'] },
      expected: { code: null, signal: 'SIGTERM' },
    },
    'SIGTERM after process.removeAllListeners without any handler': {
      ending: { args: ['all-removed-twice'], signals: ['SIGTERM'] },
      expected: { code: null, signal: 'SIGTERM' },
    },
    'SIGTERM with a handler that was added after listening': {
      ending: { args: ['added-later'], signals: ['SIGTERM'] },
      expected: { code: 0, signal: null },
    },
    'SIGTERM with signal-exit 3': {
      ending: { args: ['signal-exit-3'], signals: ['SIGTERM'] },
      expected: { code: null, signal: 'SIGTERM' },
    },
    'SIGTERM with signal-exit 4': {
      ending: { args: ['signal-exit-4'], signals: ['SIGTERM'] },
      expected: { code: null, signal: 'SIGTERM' },
    },
    'SIGINT with signal-exit 3 and 4, loaded after listening': {
      ending: { args: ['signal-exit-later'], signals: ['SIGINT'] },
      expected: { code: null, signal: 'SIGINT' },
    },
    'process.exit with signal-exit 3 and 4': {
      ending: { args: ['signal-exit-3', 'signal-exit-4'], how: 'exit' },
      expected: { code: 3, signal: null },
    },
    'an exception in a handler': { ending: { how: 'throw' }, expected: { code: 1, signal: null } },
    'an exception outside of handlers': { ending: { how: 'throw-later' }, expected: { code: 1, signal: null } },
    'an exception that the application handles': {
      ending: { args: ['exception-handler'], how: 'throw' },
      expected: { code: 6, signal: null },
    },
    'a rejection that nobody handles': { ending: { how: 'reject' }, expected: { code: 1, signal: null } },
  };
  for (const [name, { ending, expected }] of Object.entries(endings)) {
    it(`by ${name} is what it is without the agent, and the log files are complete`, async () => {
      const { code, signal } = (await assertEndsAlike(ending)) as { code: number | null; signal: string | null };
      assert.deepEqual({ code, signal }, expected);
    });
  }

  it('by cluster.worker.disconnect is what it is without the agent, and the log files are complete', async () => {
    const seen: object[] = [];
    for (const env of [null, withFiles()]) {
      const primary = startNode(['cluster-disconnect.cjs'], env === null ? { profiled: false } : { env });
      const url = await primary.url();
      const [, port] = await primary.printed(/^CONTROL (\d+)$/m);
      await fetch(`${url}/last/${BURN_MS}/nothing`);
      await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
      const { code, signal } = await primary.exit;
      seen.push({
        code,
        signal,
        stdout: primary.stdout().replace(/^(PORT|CONTROL) \d+$/gm, ''),
        stderr: primary.stderr(),
      });
    }
    assert.deepEqual(seen[1], seen[0]);
    assertComplete();
  });
});

describe('the log files', () => {
  async function until(condition: () => boolean): Promise<void> {
    for (let waited = 0; waited < 40_000 && !condition(); waited += 50) await delay(50);
    assert.ok(condition());
  }
  const logShows = (name: string): boolean => {
    try {
      return cpuMsBelow(readPprof(readFileSync(join(folder, LOG))), name) > SHOWN_MS;
    } catch {
      return false;
    }
  };
  const callgrindShows = (name: string): boolean => {
    try {
      return readFileSync(join(folder, CACHEGRIND), 'utf8').includes(name);
    } catch {
      return false;
    }
  };
  async function startBurning(env: Record<string, string>): Promise<NodeProcess> {
    const server = startNode(['ends.cjs'], { env });
    await fetch(`${await server.url()}/burn/${BURN_MS}`);
    return server;
  }

  it('are current while the server runs', async () => {
    const server = await startBurning(withFiles());
    await until(() => logShows('burn') && callgrindShows('burn'));
    await fetch(`${await server.url()}/last/${BURN_MS}/nothing`);
    await until(() => logShows('burnLast') && callgrindShows('burnLast'));
    server.kill('SIGKILL');
    await server.exit;
  });

  it('outlive kill -9 as they were written last, without leftovers', async () => {
    const server = await startBurning(withFiles());
    await until(() => logShows('burn') && callgrindShows('burn'));
    server.kill('SIGKILL');
    assert.deepEqual(await server.exit, { code: null, signal: 'SIGKILL' });
    assert.ok(logShows('burn') && callgrindShows('burn'));
    assert.deepEqual(readdirSync(folder).sort(), [CACHEGRIND, LOG]);
  });

  it('are cleared of what servers killed while writing left behind, not of what another is writing', async () => {
    const env = withFiles();
    const hourAgo = Date.now() / 1000 - 3600;
    for (const name of [`${LOG}.999999-1.tmp`, `${CACHEGRIND}.999999-1.tmp`, `${LOG}.mine.tmp`, 'other.999999-1.tmp']) {
      writeFileSync(join(folder, name), 'half');
      utimesSync(join(folder, name), hourAgo, hourAgo);
    }
    writeFileSync(join(folder, `${LOG}.999998-1.tmp`), 'being written');
    const server = await startBurning(env);
    server.kill('SIGTERM');
    await server.exit;
    assert.deepEqual(
      readdirSync(folder).sort(),
      [CACHEGRIND, 'other.999999-1.tmp', LOG, `${LOG}.999998-1.tmp`, `${LOG}.mine.tmp`].sort(),
    );
  });

  it('that cannot be written any more are said at the end, and cost the recording nothing', async () => {
    const env = withFiles({ PROFILER_QUIET: 'false', PROFILER_FLUSH_AT_SHUTDOWN: 'true' });
    const server = await startBurning(env);
    await until(() => logShows('burn'));
    rmSync(folder, { recursive: true });
    server.kill('SIGTERM');
    assert.deepEqual(await server.exit, { code: null, signal: 'SIGTERM' });
    for (const name of [LOG, CACHEGRIND])
      assert.match(server.stderr(), new RegExp(`${name} cannot be written: ENOENT`));
    assert.doesNotMatch(server.stderr(), /segment was lost/);
  });

  it('with flush_at_shutdown log_filename is deleted at the end, as repoze.profile does, and cachegrind_filename stays', async () => {
    const server = await startBurning(withFiles({ PROFILER_FLUSH_AT_SHUTDOWN: 'true' }));
    await until(() => logShows('burn'));
    server.kill('SIGTERM');
    assert.deepEqual(await server.exit, { code: null, signal: 'SIGTERM' });
    assert.deepEqual(readdirSync(folder), [CACHEGRIND]);
    assert.ok(callgrindShows('burn'));
  });
});

describe('listeners of the process', () => {
  async function countsOf(handler: string, profiled: boolean, env: Record<string, string>): Promise<unknown> {
    const server = startNode(['ends.cjs', handler], { profiled, env });
    const counts = await (await fetch(`${await server.url()}/counts`)).json();
    server.kill('SIGKILL');
    await server.exit;
    return counts;
  }

  for (const handler of ['graceful', 'added-later', 'removed-later', 'signal-exit-later']) {
    it(`are as many as without the agent when no log files are configured: ${handler}`, async () => {
      assert.deepEqual(await countsOf(handler, true, {}), await countsOf(handler, false, {}));
    });
  }

  for (const handler of ['graceful', 'added-later']) {
    it(`for a signal are as many as without the agent where the application has its own: ${handler}`, async () => {
      const { SIGTERM } = (await countsOf(handler, true, withFiles())) as { SIGTERM: number };
      assert.equal(SIGTERM, 1);
    });
  }
});
