/**
 * Planted waits: where requests wait, and for how long, against what the server itself noted. The truth is worked out from its notes by
 * the plainest means: time is cut at every edge, and each piece goes to the work that was done in it, or in equal parts to what was waited for.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteFigures, RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { until } from '../helpers/host-server.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { checkShares, type ShareRow } from './shares.ts';
import { sendTraffic } from './traffic.ts';
import { V8_FLAGS } from './v8-flags.ts';

const CONCURRENCY = 50;
const REQUESTS = 6000;
/** DESIGN 6: CPU, waits and the rest are the durations. */
const DECOMPOSITION_TOLERANCE = 0.01;

type Note = readonly [place: string, start: number, end: number];

interface NotedRequest {
  readonly route: string;
  readonly start: number;
  readonly end: number;
  readonly waits: readonly Note[];
  readonly work: readonly Note[];
}

interface Sums {
  durationMs: number;
  readonly waitMs: Map<string, number>;
  readonly workMs: Map<string, number>;
}

test('50 requests at a time: waits and work stand at their call sites, through awaits, fan-out and shared helpers', async () => {
  const server = await startServer('test/accuracy/servers/waits.mjs', {
    nodeArgs: V8_FLAGS,
    env: { PROFILER_WAITS: 'all', PROFILER_INTERVAL_MS: '2', PROFILER_DISCARD_FIRST_REQUEST: 'false' },
  });
  try {
    const plan = ['/order', '/report'].map((path) => ({ method: 'GET', path }) as const);
    await sendTraffic(server.port, plan, REQUESTS, CONCURRENCY);
    await until(
      async () => (await statusOf(server)).requests.ended >= REQUESTS,
      () => statusOf(server),
    );
    const truth = sumByRoute((await (await server.get('/truth')).json()) as NotedRequest[]);
    const { routes } = (await server.api('routes')) as RoutesAnswer;
    for (const [path, sums] of truth) await checkRoute(server, `GET ${path}`, sums, routes);
    const { waits } = await statusOf(server);
    const asyncMs = waits.stitchedMs + waits.ambiguousMs + waits.unknownMs;
    console.log(
      `  CPU of resumed functions: ${percent(waits.stitchedMs / asyncMs)} stitched, ${percent(waits.ambiguousMs / asyncMs)} shared, ` +
        `${percent(waits.unknownMs / asyncMs)} unknown; tracing took ${waits.costMs.toFixed(0)} ms of the thread`,
    );
    assert.equal(waits.tracedRequests, REQUESTS + 1);
    assert.equal(waits.dropped, 0);
  } finally {
    await server.stop();
  }
});

async function statusOf(server: TestServer): Promise<StatusAnswer> {
  return (await server.api('status')) as StatusAnswer;
}

async function checkRoute(
  server: TestServer,
  route: string,
  truth: Sums,
  routes: readonly RouteFigures[],
): Promise<void> {
  const profile = (await server.api(`profile?route=${encodeURIComponent(route)}`)) as Profile;
  const found = sumByPlace(profile);
  const totalMs = truth.durationMs;
  const rows = [...truth.waitMs].map(
    ([place, waitMs]): ShareRow => ({
      what: `${place}: waits`,
      truth: waitMs / totalMs,
      measured: (found.waitMs.get(place) ?? 0) / totalMs,
    }),
  );
  const workMs = sum(truth.workMs.values());
  const foundWorkMs = sum(found.workMs.values());
  const workRows = [...truth.workMs].map(
    ([place, ms]): ShareRow => ({
      what: `${place}: work`,
      truth: ms / workMs,
      measured: (found.workMs.get(place) ?? 0) / foundWorkMs,
    }),
  );
  checkShares(`${route}, of the sum of durations`, rows, truth.waitMs.size * REQUESTS);
  checkShares(`${route}, of the work`, workRows, sum(profile.nodes.self.samples as number[]));
  const figures = routes.find((row) => row.route === route);
  assert.ok(figures);
  const durationMs = figures.durationMs.mean * figures.requests;
  checkWall(route, profile, durationMs);
  const parts = figures.cpuMs + figures.waitMs + figures.otherMs;
  assert.ok(
    Math.abs(parts - durationMs) <= DECOMPOSITION_TOLERANCE * durationMs,
    `${route}: CPU ${figures.cpuMs}, waits ${figures.waitMs}, other ${figures.otherMs} of ${durationMs} ms`,
  );
}

/** The tree, `(other)` included, is the time of all requests: on the thread and off it. */
function checkWall(route: string, { nodes }: Profile, durationMs: number): void {
  const wallMs = (sum(nodes.self.wallNs as number[]) + sum(nodes.self.waitNs as number[])) / 1e6;
  assert.ok(
    Math.abs(wallMs - durationMs) <= DECOMPOSITION_TOLERANCE * durationMs,
    `${route}: ${wallMs} of ${durationMs} ms`,
  );
}

/** The planted functions on the way to each node, and what was found there. */
function sumByPlace({ nodes, functions }: Profile): Omit<Sums, 'durationMs'> {
  const waitMs = new Map<string, number>();
  const workMs = new Map<string, number>();
  const places: string[] = [''];
  for (let node = 1; node < nodes.parent.length; node++) {
    const above = places[nodes.parent[node] as number] as string;
    const { name, file } = functions[nodes.function[node] as number] as Profile['functions'][number];
    const isPlanted = file.endsWith('waits.mjs') && /^(?:handle|load|read|summarize)/.test(name);
    const place = isPlanted ? (above === '' ? name : `${above} > ${name}`) : above;
    places.push(place);
    waitMs.set(place, (waitMs.get(place) ?? 0) + (nodes.self.waitNs[node] as number) / 1e6);
    if (place !== '' && (name === 'burn' || name === 'now'))
      workMs.set(place, (workMs.get(place) ?? 0) + (nodes.self.wallNs[node] as number) / 1e6);
  }
  return { waitMs, workMs };
}

function sumByRoute(requests: readonly NotedRequest[]): Map<string, Sums> {
  const routes = new Map<string, Sums>();
  for (const request of requests) {
    let sums = routes.get(request.route);
    if (!sums) {
      sums = { durationMs: 0, waitMs: new Map(), workMs: new Map() };
      routes.set(request.route, sums);
    }
    sums.durationMs += request.end - request.start;
    const notes = [...request.waits, ...request.work];
    const edges = [...new Set(notes.flatMap(([, start, end]) => [start, end]))].sort((a, b) => a - b);
    for (const [at, start] of edges.entries()) {
      const end = edges[at + 1] ?? start;
      const during = ([, from, to]: Note): boolean => from <= start && to >= end && to > from;
      const [work] = request.work.filter(during);
      const waits = work ? [] : request.waits.filter(during);
      if (work) add(sums.workMs, work[0], end - start);
      for (const [place] of waits) add(sums.waitMs, place, (end - start) / waits.length);
    }
  }
  return routes;
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
