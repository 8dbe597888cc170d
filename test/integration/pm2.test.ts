/** pm2: the processes of one app are one run, those of another app under the same daemon are not. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { RoutesAnswer, RunsAnswer } from '../../src/api/types.ts';
import { dataFolder } from '../helpers/data-folder.ts';
import { freePort } from '../helpers/free-port.ts';
import { api, until } from '../helpers/host-server.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { HOST_FIXTURES, REGISTER } from '../helpers/node-process.ts';
import { assertSumOfParts, load, requestsIn } from '../helpers/runs.ts';

const REQUESTS = 200;

describe('pm2', () => {
  let home = '';
  let bin = '';
  const pm2 = async (env: Record<string, string>, ...args: string[]): Promise<string> => {
    const kept = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(?:PROFILER_.*|NODE_OPTIONS|NODE_TEST_CONTEXT|PM2_.*)$/.test(name),
      ),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], {
      cwd: HOST_FIXTURES,
      env: {
        ...kept,
        PM2_HOME: home,
        PROFILER_QUIET: 'true',
        PROFILER_DISCARD_FIRST_REQUEST: 'false',
        PROFILER_DATA_DIR: dataFolder(),
        ...env,
      },
    });
    return stdout;
  };
  before(async () => {
    bin = join(await installFixture('pm2'), 'node_modules/pm2/bin/pm2');
    // Sockets lie in it, whose paths have to be short.
    home = mkdtempSync(join(tmpdir(), 'pm2-'));
  });
  after(async () => {
    await pm2({}, 'kill');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('two processes of an app in cluster mode are one run, the sum of the parts', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const flags = ['-i', '2', '--node-args', `--import ${REGISTER.import}`];
    await pm2({ PORT: String(port) }, 'start', 'pid.cjs', '--name', 'two', ...flags);
    await until(
      async () => (await load(url, REQUESTS, '/burn/2').catch(() => new Map())).size === 2,
      () => pm2({}, 'logs', '--nostream'),
    );
    const { runs } = await api<RunsAnswer>(url, 'runs');
    const [run] = runs.filter(({ isCurrent }) => isCurrent);
    assert.equal(run?.app, 'pid.cjs');
    const before = requestsIn(await api<RoutesAnswer>(url, 'routes'));
    const answered = await load(url, REQUESTS, '/burn/2');
    assert.deepEqual(run.processes.map(({ pid }) => pid).sort(), [...answered.keys()].sort());
    await assertSumOfParts(url, [...answered.keys()], before + REQUESTS);

    const other = await freePort();
    await pm2({ PORT: String(other) }, 'start', 'pid.cjs', '--name', 'other', '-i', '1', ...flags.slice(2));
    await until(
      async () =>
        await fetch(`http://127.0.0.1:${other}/`).then(
          ({ ok }) => ok,
          () => false,
        ),
      () => pm2({}, 'logs', '--nostream'),
    );
    const others = await api<RunsAnswer>(`http://127.0.0.1:${other}`, 'runs');
    assert.notEqual(others.runs.find(({ isCurrent }) => isCurrent)?.id, run.id);
    assert.equal(others.runs.find(({ isCurrent }) => isCurrent)?.processes.length, 1);
  });
});
