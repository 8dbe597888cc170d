/** Few requests of a busy server are traced, and they stand for all: also where a route's requests differ. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteFigures, RoutesAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { statsRows } from '../../src/profile/stats.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { percent } from './shares.ts';
import { sendTraffic } from './traffic.ts';

const MIXED = 'GET /mixed';
const CONCURRENCY = 8;
const REQUESTS = 2000;
/** Until about fifteen of the long ones are among the traced requests. */
const LEAST_TRACED = 60;
const MAX_ROUNDS = 20;
/** A class of durations is known from a few traced requests. */
const TOLERANCE_PP = 5;

test('waits=auto: a route whose requests wait for different things, for different lengths of time', async () => {
  const server = await startServer('test/accuracy/servers/mixed-waits.cjs');
  try {
    const plan = ['/mixed', '/burn', '/burn', '/burn', '/burn'].map((path) => ({ method: 'GET', path }) as const);
    let figures: RouteFigures | undefined;
    for (let round = 0; round < MAX_ROUNDS && (figures?.tracedRequests ?? 0) < LEAST_TRACED; round++) {
      await sendTraffic(server.port, plan, REQUESTS, CONCURRENCY);
      figures = await mixedRoute(server);
    }
    assert.ok(figures);
    const truth = (await (await server.get('/truth')).json()) as { readMs: number; timerMs: number };
    const profile = (await server.api(`profile?route=${encodeURIComponent(MIXED)}`)) as Profile;
    const allMs = figures.durationMs.mean * figures.requests;
    const rows = { 'fs.readFile': truth.readMs, 'timers.setTimeout': truth.timerMs, '(not traced)': 0 };
    console.log(
      `${MIXED}, Node.js ${process.version}: ${figures.tracedRequests} of ${figures.requests} requests traced; of their time, truth and found`,
    );
    for (const [name, ms] of Object.entries(rows)) {
      const row = statsRows(profile, 'wait').find(({ info }) => info.name === name);
      const found = (row?.selfNs ?? 0) / 1e6 / allMs;
      console.log(`  ${name.padEnd(18)} ${percent(ms / allMs).padStart(7)} ${percent(found).padStart(7)}`);
      assert.ok(
        100 * Math.abs(found - ms / allMs) <= TOLERANCE_PP,
        `${name}: ${percent(ms / allMs)} became ${percent(found)}`,
      );
    }
    assert.ok(figures.tracedRequests < figures.requests / 2, 'all were traced: the server was not busy');
    const parts = figures.cpuMs + figures.waitMs + figures.otherMs + figures.notTracedMs;
    assert.ok(Math.abs(parts - allMs) <= 0.01 * allMs, `${parts} of ${allMs} ms`);
  } finally {
    await server.stop();
  }
});

async function mixedRoute(server: TestServer): Promise<RouteFigures | undefined> {
  const { routes } = (await server.api('routes')) as RoutesAnswer;
  return routes.find(({ route }) => route === MIXED);
}
