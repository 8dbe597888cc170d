/** The folder of recordings: what the end of a process leaves in it, and a folder that cannot be used or vanishes. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RunsAnswer, StatusAnswer } from '../../src/api/types.ts';
import { api, status } from '../helpers/host-server.ts';
import { HOST_FIXTURES, startNode } from '../helpers/node-process.ts';
import { currentRun, load, ownFolder, shows, stop } from '../helpers/runs.ts';

describe('the end', () => {
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:gz|json)$/.test(name));

  it('with flush_at_shutdown deletes the run and nothing else', async () => {
    const folder = ownFolder();
    const kept = startNode(['app.cjs'], { env: { PROFILER_DATA_DIR: folder } });
    await fetch(`${await kept.url()}/burn/20`);
    await shows(await kept.url(), 1);
    await stop(kept);
    const before = filesIn(folder).sort();
    mkdirSync(join(folder, 'not-ours'));
    writeFileSync(join(folder, 'not-ours/file'), 'x');
    const flushed = startNode(['app.cjs'], { env: { PROFILER_DATA_DIR: folder, PROFILER_FLUSH_AT_SHUTDOWN: 'true' } });
    await fetch(`${await flushed.url()}/burn/20`);
    await api<StatusAnswer>(await flushed.url(), 'status');
    assert.ok(filesIn(folder).length > before.length);
    flushed.kill('SIGTERM');
    await flushed.exit;
    assert.deepEqual(filesIn(folder).sort(), before);
    assert.deepEqual(readdirSync(join(folder, 'not-ours')), ['file']);
  });

  it('by process.exit leaves the last requests too', async () => {
    const folder = ownFolder();
    const env = { PROFILER_DATA_DIR: folder };
    const server = startNode(['workers.cjs', '1'], { env });
    const url = await server.url();
    await load(url, 3);
    await fetch(`${url}/end`);
    await server.printed(/ENDED/);
    await stop(server);
    const next = startNode(['workers.cjs', '1'], { env });
    try {
      const { runs } = await api<RunsAnswer>(await next.url(), 'runs');
      assert.deepEqual(
        runs.map(({ requests }) => requests),
        [0, 4],
      );
    } finally {
      await stop(next);
    }
  });
});

describe('the folder of recordings', () => {
  it('that cannot be trusted is refused: recordings stay in memory, one line and the status say so', async () => {
    const file = join(HOST_FIXTURES, 'app.cjs');
    const server = startNode(['app.cjs'], { env: { PROFILER_DATA_DIR: file } });
    try {
      const url = await server.url();
      await fetch(`${url}/burn/20`);
      await shows(url, 1);
      const { problems, store } = await status(url);
      assert.equal(store.folder, null);
      assert.match(problems.join(), /^recordings are kept in memory only: .*EEXIST/);
      assert.match(server.stderr(), /^profiler: recordings are kept in memory only: .*\n$/);
      assert.equal((await api<RunsAnswer>(url, 'runs')).runs.length, 1);
    } finally {
      await stop(server);
    }
  });

  it('that vanishes while the server runs is made again, and what is recorded from then on is there', async () => {
    const folder = ownFolder();
    const server = startNode(['app.cjs'], { env: { PROFILER_DATA_DIR: folder } });
    try {
      const url = await server.url();
      await fetch(`${url}/burn/20`);
      await shows(url, 1);
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      await fetch(`${url}/burn/20`);
      await shows(url, 1);
      assert.deepEqual((await status(url)).problems, []);
      assert.equal((await currentRun(url)).requests, 1);
    } finally {
      await stop(server);
    }
  });
});
