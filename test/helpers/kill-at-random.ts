/** Kills servers while they record, and looks at what they leave. */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../bench/statistics/random.ts';
import { factsOf } from '../../bench/store/stores.ts';
import type { RoutesAnswer } from '../../src/api/types.ts';
import { openStore } from '../../src/store/open-store.ts';
import { dataFolder } from './data-folder.ts';
import { api, status } from './host-server.ts';
import { HOST_FIXTURES, startNode } from './node-process.ts';

const MAX_LIFE_MS = 4000;

/**
 * Starts a server so many times, each time with the recordings of those before, under load; kills it at some moment. Every time the store
 * must open without a complaint, with everything in it that had been shown before the end.
 */
export async function killAtRandom(times: number): Promise<void> {
  const folder = join(dataFolder(), `kills-${times}`);
  const random = seededRandom(times);
  let left = 0;
  for (let time = 0; time < times; time++) {
    const { run, shown, sent } = await liveAndDie(folder, random() * MAX_LIFE_MS);
    const store = openStore({
      options: { dataDir: folder, retention: { ageMs: 86_400_000, bytes: 1 << 28 }, intervalMs: 10 },
      facts: {
        ...factsOf('killed'),
        directory: HOST_FIXTURES.replace(/\/$/, ''),
        script: join(HOST_FIXTURES, 'app.cjs'),
      },
      temporaryDirectory: '/nowhere',
    });
    const found = store.runs().find(({ id }) => id === run);
    const { tree } = await store.query({ run });
    assert.deepEqual(store.problems, [], `kill ${time}`);
    assert.ok(tree.requests >= shown, `kill ${time}: ${tree.requests} requests are left of ${shown} that were shown`);
    assert.ok(tree.requests <= sent, `kill ${time}: ${tree.requests} requests are left of ${sent}`);
    assert.equal(found?.requests, tree.requests);
    assert.notEqual(found?.endedAt, null);
    left += tree.requests;
    store.end(true);
  }
  assert.ok(left > 0, 'nothing was recorded');
  rmSync(folder, { recursive: true });
}

async function liveAndDie(
  folder: string,
  lifeMs: number,
): Promise<{ readonly run: string; readonly shown: number; readonly sent: number }> {
  const server = startNode(['app.cjs'], { env: { PROFILER_DATA_DIR: folder } });
  const url = await server.url();
  const { run } = await status(url);
  let [sent, shown] = [0, 0];
  let isDead = false;
  const load = async (): Promise<void> => {
    while (!isDead) {
      sent++;
      await fetch(`${url}/burn/1`).then((response) => response.arrayBuffer());
    }
  };
  const look = async (): Promise<void> => {
    while (!isDead) {
      const { routes } = await api<RoutesAnswer>(url, 'routes');
      shown = routes.reduce((sum, { requests }) => sum + requests, 0);
      await delay(lifeMs / 5);
    }
  };
  // Both end when the server does.
  const work = Promise.allSettled([load(), load(), look()]);
  await delay(lifeMs);
  server.kill('SIGKILL');
  isDead = true;
  await server.exit;
  await work;
  return { run: run.id, shown, sent };
}
