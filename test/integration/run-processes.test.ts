/** What the processes of a run record is one profile, whichever answers. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile, RoutesAnswer } from '../../src/api/types.ts';
import { act, api, status, UI, until } from '../helpers/host-server.ts';
import { startNode } from '../helpers/node-process.ts';
import { assertSumOfParts, currentRun, load, ownFolder, requestsIn, shows, stop } from '../helpers/runs.ts';

describe('a cluster of four workers under load', () => {
  it('is one run: the profile is the sum of the parts, whichever worker answers, live within two seconds', async () => {
    const primary = startNode(['workers.cjs', '4']);
    try {
      const url = await primary.url();
      const answered = await load(url, 400);
      assert.equal(answered.size, 4);
      const run = await currentRun(url);
      assert.deepEqual(run.processes.map(({ pid }) => pid).sort(), [...answered.keys()].sort());
      await assertSumOfParts(url, [...answered.keys()], 400);
      for (const [pid, requests] of answered) {
        for (const path of ['routes', 'profile', 'function'])
          assert.equal(
            (await fetch(`${url}${UI}/api/v1/${path}?name=burn&process=${pid}`)).status,
            path === 'function' ? 200 : 400,
          );
        assert.equal(requestsIn(await api<RoutesAnswer>(url, `routes?process=${pid}`)), requests);
        assert.equal((await api<Profile>(url, `profile?process=${pid}`)).requests, requests);
        const text = await (await fetch(`${url}${UI}/stats?process=${pid}`)).text();
        assert.match(text, new RegExp(`^\\s*${requests} requests`, 'm'));
        assert.equal((await fetch(`${url}${UI}/api/v1/export?format=pprof&process=${pid}`)).status, 200);
      }
      const before = (await status(url)).run.revision;
      await load(url, 8);
      await shows(url, 408);
      // It is there now for everybody, whoever answers.
      const asked = new Set<number>();
      for (let at = 0; at < 8; at++) {
        assert.equal(requestsIn(await api<RoutesAnswer>(url, 'routes')), 408);
        const { pid, run: current } = await status(url);
        asked.add(pid);
        assert.notEqual(current.revision, before);
      }
      assert.ok(asked.size > 1, 'only one worker was asked');
      assert.equal((await fetch(`${url}${UI}/api/v1/profile?process=1`)).status, 400);
    } finally {
      await stop(primary);
    }
  });

  it('a worker that ends leaves what it recorded, and the one in its place belongs to the same run', async () => {
    const primary = startNode(['workers.cjs', '2', 'again']);
    try {
      const url = await primary.url();
      await load(url, 40);
      const ended = Number(await (await fetch(`${url}/end`)).text());
      await primary.printed(new RegExp(`ENDED ${ended}`));
      await until(
        async () => (await currentRun(url)).processes.length === 3,
        () => currentRun(url),
      );
      const run = await currentRun(url);
      assert.equal(run.processes.filter(({ endedAt }) => endedAt !== null).length, 1);
      assert.equal(run.processes.find(({ endedAt }) => endedAt !== null)?.pid, ended);
      await assertSumOfParts(
        url,
        run.processes.map(({ pid }) => pid),
        41,
      );
    } finally {
      await stop(primary);
    }
  });

  it('clearing through one worker clears all of them, and nothing of other runs', async () => {
    const env = { PROFILER_DATA_DIR: ownFolder() };
    const earlier = startNode(['workers.cjs', '1'], { env });
    await load(await earlier.url(), 10);
    await shows(await earlier.url(), 10);
    const { id } = await currentRun(await earlier.url());
    await stop(earlier);
    const primary = startNode(['workers.cjs', '3'], { env });
    try {
      const url = await primary.url();
      await load(url, 60);
      await shows(url, 60);
      assert.equal((await act(url, 'clear')).status, 200);
      assert.equal(requestsIn(await api<RoutesAnswer>(url, 'routes')), 0);
      await load(url, 30);
      await shows(url, 30);
      assert.equal(requestsIn(await api<RoutesAnswer>(url, `routes?run=${id}`)), 10);
    } finally {
      await stop(primary);
    }
  });
});

describe('processes that a program starts', () => {
  it('servers in child processes and in threads belong to the run of the server that started them', async () => {
    const server = startNode(['family.cjs']);
    try {
      const url = await server.url();
      const [, ports = ''] = await server.printed(/^FAMILY (.*)$/m);
      for (const port of ports.split(' ')) await fetch(`http://127.0.0.1:${port}/`);
      await shows(url, 4);
      const { processes } = await currentRun(url);
      // The thread is one of the parent's; the grandchild was started by way of a shell and with an environment of its own.
      assert.equal(processes.length, 3);
      assert.equal(requestsIn(await api<RoutesAnswer>(url, `routes?process=${server.pid}`)), 2);
    } finally {
      await stop(server);
    }
  });
});
