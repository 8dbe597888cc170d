/** `profiler runs`, and the runs it lists as what the other commands read. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { RoutesAnswer } from '../../src/api/types.ts';
import { runCli } from '../helpers/cli.ts';
import { api, until } from '../helpers/host-server.ts';
import { startNode } from '../helpers/node-process.ts';

const REQUESTS = [4, 7];
const base = mkdtempSync(join(tmpdir(), 'profiler-runs-'));
after(() => rmSync(base, { recursive: true }));

before(async () => {
  for (const requests of REQUESTS) {
    const server = startNode(['workers.cjs', '1'], { env: { PROFILER_DATA_DIR: base } });
    const url = await server.url();
    for (let sent = 0; sent < requests; sent++) await (await fetch(`${url}/burn/30`)).text();
    await until(
      async () => (await api<RoutesAnswer>(url, 'routes')).routes.some((route) => route.requests === requests),
      () => api(url, 'routes'),
    );
    server.kill('SIGKILL');
    await server.exit;
  }
});

/** @returns folders, the newest first. */
async function listed(): Promise<string[]> {
  const { stdout } = await runCli(['runs', base]);
  const [header = '', ...rows] = stdout.trimEnd().split('\n');
  assert.match(header, /^started +length +processes +requests +app +folder$/);
  return rows.map((row) => row.split(/ +/).at(-1) ?? '');
}

test('the newest first, with their requests, though their processes were killed', async () => {
  const { stdout, code } = await runCli(['runs', base]);
  assert.equal(code, 0);
  const rows = stdout.trimEnd().split('\n').slice(1);
  assert.deepEqual(
    rows.map((row) => Number(/ s +1 +(\d+) +workers\.cjs /.exec(row)?.[1])),
    REQUESTS.toReversed(),
  );
});

test('stats and export read a run, one route of it too; files that are no run’s are left alone', async () => {
  const [, first = ''] = await listed();
  writeFileSync(join(first, 'notes.txt'), 'of somebody else');
  mkdirSync(join(base, 'empty'));
  assert.match((await runCli(['stats', first])).stdout, /^ +4 requests,.*\(burn\)/ms);
  const { stdout } = await runCli(['stats', first, '--route', 'GET /burn/:id']);
  assert.match(stdout, /^GET \/burn\/:id\n\n +4 requests,/);
  const unknown = await runCli(['stats', first, '--route', 'GET /nothing']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /GET \/nothing is no route of this run: .*GET \/burn/);
  assert.match((await runCli(['export', first, '--format', 'collapsed'])).stdout, /burn/);
});

test('two runs are compared by their slices', async () => {
  const [second = '', first = ''] = await listed();
  const { stdout, stderr } = await runCli(['diff', first, second]);
  assert.match(stdout, /before: .*, 4 requests/, stderr);
  assert.match(stdout, /after: .*, 7 requests/);
});

test('where there is none it says so', async () => {
  const nowhere = join(base, 'nowhere');
  const { code, stdout, stderr } = await runCli(['runs', nowhere]);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /there is no run in .*nowhere/);
});
