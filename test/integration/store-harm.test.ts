/** What happens to the folder of recordings from outside: killed processes, a full disk. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RoutesAnswer, RunsAnswer } from '../../src/api/types.ts';
import { dataFolder } from '../helpers/data-folder.ts';
import { api, status, until } from '../helpers/host-server.ts';
import { killAtRandom } from '../helpers/kill-at-random.ts';
import { startNode } from '../helpers/node-process.ts';

describe('kill -9 at random moments', () => {
  it('leaves a store that opens each time and has all but the last rotation', () => killAtRandom(6));
});

describe('a full disk', () => {
  const disk = join(dataFolder(), 'small');

  function mounted(): boolean {
    mkdirSync(disk, { recursive: true });
    return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'tmpfs', disk]).status === 0;
  }

  async function requestsIn(url: string): Promise<number> {
    const { routes } = await api<RoutesAnswer>(url, 'routes');
    return routes.reduce((sum, { requests }) => sum + requests, 0);
  }

  it('the server serves on, the status tells, and when there is room again nothing is missing', async (test) => {
    if (process.platform !== 'linux' || !mounted()) {
      test.skip('no file system can be mounted here');
      return;
    }
    try {
      const server = startNode(['app.cjs'], { env: { PROFILER_DATA_DIR: disk } });
      try {
        const url = await server.url();
        await fetch(`${url}/burn/20`);
        await until(
          async () => (await requestsIn(url)) === 1,
          () => status(url),
        );
        const filler = join(disk, 'filler');
        assert.throws(() => writeFileSync(filler, Buffer.alloc(1 << 20)), { code: 'ENOSPC' });
        for (let sent = 0; sent < 5; sent++) assert.equal((await fetch(`${url}/burn/20`)).status, 200);
        await until(
          async () => (await status(url)).problems.some((problem) => problem.includes('ENOSPC')),
          () => status(url),
        );
        await until(
          async () => (await requestsIn(url)) === 6,
          () => status(url),
        );
        rmSync(filler);
        await fetch(`${url}/burn/20`);
        await until(
          async () => (await status(url)).problems.length === 0 && (await requestsIn(url)) === 7,
          () => status(url),
        );
        const { runs } = await api<RunsAnswer>(url, 'runs');
        assert.equal(runs[0]?.requests, 7);
      } finally {
        server.kill('SIGKILL');
        await server.exit;
      }
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
