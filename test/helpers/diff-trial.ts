/**
 * One trial of the diff: real servers under the same load. Each side is started several times, because V8 compiles some functions in one of
 * two ways that differ by far more than a tenth. The sides take short turns, so that what else the machine does meets all.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendTraffic } from '../accuracy/traffic.ts';
import { V8_FLAGS } from '../accuracy/v8-flags.ts';
import { startServer, type TestServer } from './server.ts';

const SERVER = 'test/fixtures/diff/server.cjs';
const PLAN = ['/search?q=1', '/report'].map((path) => ({ method: 'GET', path }) as const);
const CONCURRENCY = 4;
/** About 50 ms: a machine's moods last longer. */
const TURN_REQUESTS = 100;
const SIDES = ['baseline', 'same', 'planted'] as const;
type Side = (typeof SIDES)[number];

export interface TrialOptions {
  /** Work of `rankBySimilarity` in the planted version, as a multiple of the baseline's. */
  readonly planted: number;
  /** Of each side. */
  readonly starts: number;
  /** Of each server. */
  readonly requests: number;
  readonly warmup: number;
}

/** What a trial leaves of one side. `same` is the baseline's program, in processes of its own. */
export interface TrialSide {
  /** Holds a pprof file per start. */
  readonly folder: string;
  /** Per start the milliseconds spent in each function, by the server's clock. */
  readonly spentMs: readonly Readonly<Record<string, number>>[];
}

export type Trial = Readonly<Record<Side, TrialSide>>;

/** @param directory where the folders are made. */
export async function runTrial(directory: string, options: TrialOptions): Promise<Trial> {
  const trial = Object.fromEntries(
    SIDES.map((side) => [side, { folder: join(directory, side), spentMs: [] as Record<string, number>[] }]),
  ) as Record<Side, { folder: string; spentMs: Record<string, number>[] }>;
  for (const { folder } of Object.values(trial)) mkdirSync(folder, { recursive: true });
  for (let start = 0; start < options.starts; start++) {
    // Who is started, warmed up and loaded first changes, so that no side is always the one that others wait for.
    const sides = SIDES.map((_, place) => SIDES[(start + place) % SIDES.length] as Side);
    const servers = await Promise.all(sides.map((side) => startSide(side === 'planted' ? options.planted : 1)));
    try {
      await measure(servers, options);
      for (const [at, side] of sides.entries()) {
        const server = servers[at] as TestServer;
        const file = `${String(start).padStart(3, '0')}.pb.gz`;
        const response = await server.get('/__profile__/api/v1/export?format=pprof');
        writeFileSync(join(trial[side].folder, file), new Uint8Array(await response.arrayBuffer()));
        trial[side].spentMs.push(await spentMs(server));
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }
  return trial;
}

function startSide(planted: number): Promise<TestServer> {
  const env = { PLANTED: String(planted), PROFILER_INTERVAL_MS: '1', PROFILER_WAITS: 'off' };
  return startServer(SERVER, { nodeArgs: V8_FLAGS, env });
}

async function measure(servers: readonly TestServer[], { requests, warmup }: TrialOptions): Promise<void> {
  for (const server of servers) await sendTraffic(server.port, PLAN, warmup, CONCURRENCY);
  for (const server of servers) {
    await spentMs(server);
    await server.get('/__profile__/api/v1/clear', { method: 'POST', headers: { 'x-profiler': '1' } });
  }
  for (let turn = 0; turn * TURN_REQUESTS < requests; turn++) {
    const sent = Math.min(TURN_REQUESTS, requests - turn * TURN_REQUESTS);
    for (let place = 0; place < servers.length; place++) {
      const server = servers[(turn + place) % servers.length] as TestServer;
      await sendTraffic(server.port, PLAN, sent, CONCURRENCY);
    }
  }
}

async function spentMs(server: TestServer): Promise<Record<string, number>> {
  return (await (await server.get('/spent')).json()) as Record<string, number>;
}
