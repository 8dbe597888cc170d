/** What we push, in a real Grafana Pyroscope: per route and type the totals of our own API, and the functions in its flame graph. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ProfileAnswer, RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import { isRestFunction } from '../../src/profile/by-route.ts';
import { dataFolder } from '../helpers/data-folder.ts';
import { skipUnless } from '../helpers/debian-program.ts';
import { act, api, assertCounted, until } from '../helpers/host-server.ts';
import { type Pyroscope, startPyroscope } from '../helpers/pyroscope.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const SERVICE = 'planted-service';
const REQUESTS = 40;
/** Of our profile's columns, as Pyroscope names profile types. */
const TYPES = {
  samples: 'samples:count',
  cpuNs: 'cpu:nanoseconds',
  wallNs: 'wall:nanoseconds',
  waitNs: 'wait:nanoseconds',
  waits: 'waits:count',
} as const;
type Column = keyof typeof TYPES;
const COLUMNS = Object.keys(TYPES) as Column[];

interface Flamebearer {
  readonly names: readonly string[];
  readonly numTicks: number;
}

describe('a real Pyroscope', await skipUnless('go', ['version'], null), () => {
  let pyroscope: Pyroscope;
  let server: TestServer;
  before(async () => {
    pyroscope = await startPyroscope();
    server = await startServer('test/fixtures/browser/busy.mjs', {
      env: {
        PROFILER_PUSH_URL: pyroscope.url,
        PROFILER_PUSH_LABELS: `service_name=${SERVICE}`,
        PROFILER_DATA_DIR: join(dataFolder(), 'pyroscope'),
        PROFILER_WAITS: 'all',
      },
    });
    const paths = ['/hot?ms=30', '/cold?ms=20', '/waiting?ms=40', '/recursive?ms=10'];
    for (let sent = 0; sent < REQUESTS; sent++) await server.get(paths[sent % paths.length] as string);
    await assertCounted(server.url, REQUESTS);
    await act(server.url, 'recording', '{"on": false}');
    await allPushed(server);
  });
  after(async () => {
    await server?.stop();
    await pyroscope?.stop();
  });

  const ask = async (type: string, route: string): Promise<Flamebearer> => {
    const query = `process_cpu:${type}:wall:nanoseconds{service_name="${SERVICE}",route="${route}"}`;
    const answer = await fetch(`${pyroscope.url}/pyroscope/render?${new URLSearchParams({ query, from: 'now-1h' })}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return ((await answer.json()) as { flamebearer: Flamebearer }).flamebearer;
  };

  test('has every route with equal totals of every type', async (context) => {
    const { routes } = await api<RoutesAnswer>(server.url, 'routes');
    const named = routes.map(({ route }) => route).filter((route) => route.startsWith('GET /'));
    assert.ok(named.length >= 4, named.join(', '));
    for (const route of named) {
      const own = await totalsOf(server, route);
      for (const column of COLUMNS) {
        const { numTicks } = await ask(TYPES[column], route);
        // Each push is rounded to whole numbers, a nanosecond or a thousandth of a sample at most.
        const tolerance = column === 'samples' || column === 'waits' ? 1 : 1000;
        assert.ok(
          Math.abs(numTicks - own[column]) <= tolerance,
          `${route}, ${column}: ${numTicks}, ours ${own[column]}`,
        );
        context.diagnostic(`${route} ${column}: Pyroscope ${numTicks}, ours ${own[column]}`);
      }
    }
  });

  test('shows the functions of a route in its flame graph, and none of another', async () => {
    const { names } = await ask(TYPES.cpuNs, 'GET /hot');
    assert.ok(names.includes('hotSpot'), names.join(', '));
    assert.ok(!names.includes('coldSpot'), names.join(', '));
  });
});

/** Waits until nothing is recorded that was not sent. */
async function allPushed(server: TestServer): Promise<void> {
  const pushed = async (): Promise<StatusAnswer['push']> => (await api<StatusAnswer>(server.url, 'status')).push;
  const stoppedAt = Date.now();
  await until(async () => {
    const push = await pushed();
    return push !== null && push.queued === 0 && push.lastSentAt !== null && push.lastSentAt > stoppedAt;
  }, pushed);
}

/** Without `(other)` and `(not traced)`, which are worked out of what is shown and not recorded. */
async function totalsOf(server: TestServer, route: string): Promise<Record<Column, number>> {
  const { nodes, functions } = await api<ProfileAnswer>(server.url, `profile?route=${encodeURIComponent(route)}`);
  const totals = { samples: 0, cpuNs: 0, wallNs: 0, waitNs: 0, waits: 0 };
  for (const column of COLUMNS)
    Array.from(nodes.self[column]).forEach((figure, node) => {
      const info = functions[nodes.function[node] ?? -1];
      if (!info || !isRestFunction(info)) totals[column] += figure;
    });
  // In files, as in the metric, it is time on the thread and awaited.
  return { ...totals, wallNs: totals.wallNs + totals.waitNs };
}
