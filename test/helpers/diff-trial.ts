/**
 * One trial of the diff: three real servers under the same load, in turns, so that what else the machine does meets all. The rounds of each
 * are the slices of its side.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendTraffic } from '../accuracy/traffic.ts';
import { V8_FLAGS } from '../accuracy/v8-flags.ts';
import { startServer, type TestServer } from './server.ts';

const SERVER = 'test/fixtures/diff/server.cjs';
const PLAN = ['/search?q=1', '/report'].map((path) => ({ method: 'GET', path }) as const);
const CONCURRENCY = 4;
const SIDES = ['baseline', 'same', 'planted'] as const;
type Side = (typeof SIDES)[number];

export interface TrialOptions {
  /** Work of `rankBySimilarity` in the planted version, as a multiple of the baseline's. */
  readonly planted: number;
  readonly rounds: number;
  /** Of each server in each round. */
  readonly requests: number;
  readonly warmup: number;
}

/** Folders with a pprof file per round. */
export interface TrialFolders {
  readonly baseline: string;
  /** Another start of the same program. */
  readonly same: string;
  readonly planted: string;
}

/** @param directory where the folders are made. */
export async function runTrial(directory: string, options: TrialOptions): Promise<TrialFolders> {
  const folders = Object.fromEntries(SIDES.map((side) => [side, join(directory, side)])) as Record<Side, string>;
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const servers = await Promise.all(SIDES.map((side) => start(side === 'planted' ? options.planted : 1)));
  try {
    for (const server of servers) await sendTraffic(server.port, PLAN, options.warmup, CONCURRENCY);
    for (let round = 0; round < options.rounds; round++) {
      const name = `${String(round).padStart(3, '0')}.pb.gz`;
      for (let turn = 0; turn < SIDES.length; turn++) {
        // Who goes first changes, so that no side always has the machine after another.
        const at = (round + turn) % SIDES.length;
        const [side, server] = [SIDES[at], servers[at]];
        if (side && server) writeFileSync(join(folders[side], name), await recordRound(server, options.requests));
      }
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  return folders;
}

function start(planted: number): Promise<TestServer> {
  const env = { PLANTED: String(planted), PROFILER_INTERVAL_MS: '1', PROFILER_WAITS: 'off' };
  return startServer(SERVER, { nodeArgs: V8_FLAGS, env });
}

async function recordRound(server: TestServer, requests: number): Promise<Uint8Array> {
  await server.get('/__profile__/api/v1/clear', { method: 'POST', headers: { 'x-profiler': '1' } });
  await sendTraffic(server.port, PLAN, requests, CONCURRENCY);
  const response = await server.get('/__profile__/api/v1/export?format=pprof');
  return new Uint8Array(await response.arrayBuffer());
}
