/** Every process, every run: what the processes of a run record is one profile, whichever answers, and earlier runs stay to be seen. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type {
  Profile,
  RequestAnswer,
  RequestsAnswer,
  RoutesAnswer,
  RunsAnswer,
  StatusAnswer,
} from '../../src/api/types.ts';
import { OTHER_FUNCTION } from '../../src/profile/by-route.ts';
import { SELF_COLUMNS } from '../../src/profile/profile.ts';
import { dataFolder } from '../helpers/data-folder.ts';
import { act, api, status, UI, until } from '../helpers/host-server.ts';
import { HOST_FIXTURES, type NodeProcess, startNode } from '../helpers/node-process.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder for recordings that no other test uses. */
function ownFolder(): string {
  const folder = join(dataFolder(), `own-${folders.length}`);
  folders.push(folder);
  return folder;
}

/** @returns how many requests each process has answered. */
async function load(url: string, requests: number, path = '/burn/3'): Promise<Map<number, number>> {
  const answered = new Map<number, number>();
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent++ < requests) {
      const pid = Number(await (await fetch(`${url}${path}`)).text());
      answered.set(pid, (answered.get(pid) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return answered;
}

function requestsIn({ routes }: RoutesAnswer): number {
  return routes.reduce((sum, { requests }) => sum + requests, 0);
}

/** A response is closed a turn after its client has it, and an answer of the API may be a fifth of a second old. */
async function shows(url: string, requests: number): Promise<void> {
  await until(
    async () => requestsIn(await api<RoutesAnswer>(url, 'routes')) === requests,
    () => api(url, 'routes'),
  );
}

/** Requests, then the sum of each column, of what was measured: `(other)` is the remainder of what is shown, and no remainder is below 0. */
function totals({ nodes, functions, requests }: Profile): number[] {
  const isOther = (node: number): boolean => functions[nodes.function[node] ?? -1]?.name === OTHER_FUNCTION.name;
  return [
    requests,
    ...SELF_COLUMNS.map((column) =>
      Array.from(nodes.self[column]).reduce((sum, figure, node) => (isOther(node) ? sum : sum + figure), 0),
    ),
  ];
}

async function currentRun(url: string): Promise<RunsAnswer['runs'][number]> {
  const { runs } = await api<RunsAnswer>(url, 'runs');
  const [run, ...more] = runs.filter(({ isCurrent }) => isCurrent);
  assert.ok(run && more.length === 0, JSON.stringify(runs));
  return run;
}

/** @param pids all processes of the run. */
async function assertSumOfParts(url: string, pids: readonly number[], requests: number): Promise<void> {
  await shows(url, requests);
  const to = Date.now();
  const totalsOf = async (query: string): Promise<number[]> =>
    totals(await api<Profile>(url, `profile?to=${to}${query}`));
  let whole: number[] = [];
  let parts: number[][] = [];
  // What was being recorded at that moment is written a little later: what is asked for must be over for all processes.
  await until(
    async () => {
      whole = await totalsOf('');
      parts = await Promise.all(pids.map((pid) => totalsOf(`&process=${pid}`)));
      return isDeepStrictEqual(await totalsOf(''), whole);
    },
    async () => whole,
  );
  const summed = parts.reduce((sum, part) => sum.map((figure, at) => figure + (part[at] ?? 0)));
  assert.deepEqual(whole, summed);
  assert.equal(whole[0], requests);
  assert.ok((whole[1] ?? 0) > 0, 'nothing was sampled');
}

async function stop(process: NodeProcess): Promise<void> {
  process.kill('SIGKILL');
  await process.exit;
}

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
