/** What tests of runs and processes do and compare. Folders are gone when the test process ends. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Profile, RoutesAnswer, RunsAnswer } from '../../src/api/types.ts';
import { isRestFunction } from '../../src/profile/by-route.ts';
import { SELF_COLUMNS } from '../../src/profile/profile.ts';
import { dataFolder } from './data-folder.ts';
import { api, until } from './host-server.ts';
import type { NodeProcess } from './node-process.ts';

let folders = 0;

/** A folder for recordings that no other test uses. */
export function ownFolder(): string {
  return join(dataFolder(), `own-${folders++}`);
}

/** @returns how many requests each process has answered. */
export async function load(url: string, requests: number, path = '/burn/3'): Promise<Map<number, number>> {
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

export function requestsIn({ routes }: RoutesAnswer): number {
  return routes.reduce((sum, { requests }) => sum + requests, 0);
}

/** A response is closed a turn after its client has it, and an answer of the API may be a fifth of a second old. */
export async function shows(url: string, requests: number): Promise<void> {
  await until(
    async () => requestsIn(await api<RoutesAnswer>(url, 'routes')) === requests,
    () => api(url, 'routes'),
  );
}

/** Requests, then the sum of each column, of what was measured: `(other)` and `(not traced)` are the remainder of what is shown, and no remainder is below 0. */
function totals({ nodes, functions, requests }: Profile): number[] {
  const isOther = (node: number): boolean => {
    const info = functions[nodes.function[node] ?? -1];
    return info !== undefined && isRestFunction(info);
  };
  return [
    requests,
    ...SELF_COLUMNS.map((column) =>
      Array.from(nodes.self[column]).reduce((sum, figure, node) => (isOther(node) ? sum : sum + figure), 0),
    ),
  ];
}

export async function currentRun(url: string): Promise<RunsAnswer['runs'][number]> {
  const { runs } = await api<RunsAnswer>(url, 'runs');
  const [run, ...more] = runs.filter(({ isCurrent }) => isCurrent);
  assert.ok(run && more.length === 0, JSON.stringify(runs));
  return run;
}

/** @param pids all processes of the run. */
export async function assertSumOfParts(url: string, pids: readonly number[], requests: number): Promise<void> {
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

export async function stop(process: NodeProcess): Promise<void> {
  process.kill('SIGKILL');
  await process.exit;
}
