/** Each start is a run, and earlier runs stay to be seen. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Profile, RequestAnswer, RequestsAnswer, RunsAnswer } from '../../src/api/types.ts';
import { api, UI, until } from '../helpers/host-server.ts';
import { startNode } from '../helpers/node-process.ts';
import { currentRun, load, ownFolder, shows, stop } from '../helpers/runs.ts';

describe('runs', () => {
  it('a restart begins a run; the earlier one is listed and opened, also after kill -9', async () => {
    const env = { PROFILER_DATA_DIR: ownFolder() };
    const ids: string[] = [];
    for (const requests of [5, 7]) {
      const server = startNode(['workers.cjs', '1'], { env });
      const url = await server.url();
      await load(url, requests, '/burn/30');
      await shows(url, requests);
      ids.push((await currentRun(url)).id);
      await stop(server);
    }
    const server = startNode(['workers.cjs', '1'], { env });
    try {
      const url = await server.url();
      const { runs } = await api<RunsAnswer>(url, 'runs');
      assert.deepEqual(runs.map(({ id }) => id).slice(1), ids.toReversed());
      assert.deepEqual(
        runs.map(({ requests }) => requests),
        [0, 7, 5],
      );
      for (const { app, startedAt, endedAt, isCurrent, processes } of runs) {
        assert.equal(app, 'workers.cjs');
        assert.equal(processes.length, 1);
        assert.equal(endedAt === null, isCurrent);
        assert.ok((endedAt ?? Date.now()) >= startedAt);
      }
      const [first = ''] = ids;
      const profile = await api<Profile>(url, `profile?run=${first}`);
      assert.deepEqual([profile.run, profile.requests], [first, 5]);
      assert.ok(profile.functions.some(({ name }) => name === 'burn'));
      const pid = runs[2]?.processes[0]?.pid;
      assert.equal((await api<Profile>(url, `profile?run=${first}&process=${pid}`)).requests, 5);
      assert.match(await (await fetch(`${url}${UI}/stats?run=${first}`)).text(), /^\s*5 requests/m);
      for (const wrong of ['nothing', '..', '.', `../${first}`, `${first}/..`]) {
        const response = await fetch(`${url}${UI}/api/v1/profile?run=${encodeURIComponent(wrong)}`);
        assert.equal(response.status, 400, wrong);
      }
    } finally {
      await stop(server);
    }
  });

  it('slow requests of all processes are listed by any, and of an earlier run, also after kill -9', async () => {
    const env = { PROFILER_DATA_DIR: ownFolder(), PROFILER_SLOW_MS: '60' };
    const first = startNode(['workers.cjs', '2'], { env });
    const url = await first.url();
    const { id } = await currentRun(url);
    const answered = await load(url, 8, '/burn/80');
    assert.equal(answered.size, 2);
    const pidsOf = ({ requests }: RequestsAnswer): number[] => [...new Set(requests.map(({ pid }) => pid))].sort();
    // Whichever worker answers; what is large is written less often.
    await until(
      async () => isDeepStrictEqual(pidsOf(await api<RequestsAnswer>(url, 'requests')), [...answered.keys()].sort()),
      () => api(url, 'requests'),
    );
    const [pid = 0] = answered.keys();
    assert.deepEqual(pidsOf(await api<RequestsAnswer>(url, `requests?process=${pid}`)), [pid]);
    const kept = (await api<RequestsAnswer>(url, 'requests')).requests;
    assert.equal(new Set(kept.map((request) => request.id)).size, kept.length);
    for (const request of kept) assert.equal((await api<RequestAnswer>(url, `requests/${request.id}`)).id, request.id);
    await stop(first);

    const next = startNode(['workers.cjs', '1'], { env });
    try {
      const later = await next.url();
      assert.deepEqual((await api<RequestsAnswer>(later, 'requests')).requests, []);
      const { requests } = await api<RequestsAnswer>(later, `requests?run=${id}`);
      assert.deepEqual(pidsOf({ slowMs: 60, requests }), [...answered.keys()].sort());
      const [slowest] = requests;
      const { functions, samples } = await api<RequestAnswer>(later, `requests/${slowest?.id}?run=${id}`);
      assert.ok(functions.some(({ name }) => name === 'burn') && samples.atMs.length > 0);
    } finally {
      await stop(next);
    }
  });

  it('different programs in one folder do not see each other', async () => {
    const env = { PROFILER_DATA_DIR: ownFolder() };
    const servers = [startNode(['app.cjs'], { env }), startNode(['workers.cjs', '1'], { env })];
    try {
      const ids = new Set<string>();
      for (const server of servers) {
        const url = await server.url();
        await fetch(`${url}/burn/20`);
        const { runs } = await api<RunsAnswer>(url, 'runs');
        assert.equal(runs.length, 1);
        ids.add(runs[0]?.id ?? '');
        await shows(url, 1);
      }
      assert.equal(ids.size, 2);
      const [one = '', other = ''] = ids;
      const url = (await servers[0]?.url()) ?? '';
      assert.equal((await fetch(`${url}${UI}/api/v1/profile?run=${one}`)).status, 200);
      assert.equal((await fetch(`${url}${UI}/api/v1/profile?run=${other}`)).status, 400);
    } finally {
      await Promise.all(servers.map(stop));
    }
  });

  it('the same program started twice side by side is two runs', async () => {
    const env = { PROFILER_DATA_DIR: ownFolder() };
    const servers = [startNode(['app.cjs'], { env }), startNode(['app.cjs'], { env })];
    try {
      const urls = await Promise.all(servers.map((server) => server.url()));
      const ids = await Promise.all(urls.map(async (url) => (await currentRun(url)).id));
      assert.notEqual(ids[0], ids[1]);
      const { runs } = await api<RunsAnswer>(urls[0] ?? '', 'runs');
      assert.equal(runs.length, 2);
    } finally {
      await Promise.all(servers.map(stop));
    }
  });
});
