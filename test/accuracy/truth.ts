/** What the servers of this folder know about themselves, and what the profiler measured of the same. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import type { FunctionInfo, Profile } from '../../src/profile/profile.ts';
import { statsRows } from '../../src/profile/stats.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import type { TestServer } from '../helpers/server.ts';
import { type PlannedRequest, sendTraffic } from './traffic.ts';

/** One planted function in one route. */
export interface Planted {
  readonly selfNs: number;
  /** With what it called; recursion counts once. */
  readonly totalNs: number;
  readonly selfWallMs: number;
  readonly totalWallMs: number;
}

/** The answer of a server's `/truth` (servers/truth.cjs). */
export interface Truth {
  /** CPU time of the JavaScript thread since the server listened. */
  readonly threadNs: number;
  /** CPU time of all threads since then. */
  readonly processNs: number;
  /** route -> function name -> figures. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, Planted>>>>;
}

export interface Measured {
  readonly truth: Truth;
  readonly routes: RoutesAnswer['routes'];
  readonly status: StatusAnswer;
  /** All routes together. */
  readonly all: Profile;
  /** The planted functions in all routes together, by name. */
  readonly functions: ReadonlyMap<string, FunctionTimes>;
  readonly ofRoute: ReadonlyMap<string, ReadonlyMap<string, FunctionTimes>>;
  /** `besidesNs` of every route. */
  readonly besides: ReadonlyMap<string, number>;
  /** Share of the CPU time that is booked on the server's own functions that do nothing but call planted ones. */
  readonly lostShare: number;
}

export interface FunctionTimes {
  /** Its own, reading the clock included, as in the truth: signals, and so samples, come more often at system calls. */
  readonly selfCpuNs: number;
  /** pstats' cumulative time. */
  readonly totalCpuNs: number;
  readonly totalWallNs: number;
}

/**
 * What a request costs the thread besides the planted functions (node:http, the framework, streams, the profiler), by route: each kind of
 * request is sent alone, and the thread's clock read before and after.
 */
export async function besidesNs(
  server: TestServer,
  plan: readonly PlannedRequest[],
  requests: number,
  concurrency: number,
): Promise<Map<string, number>> {
  const costs = new Map<string, number>();
  for (const planned of plan) {
    const before = await truthOf(server);
    await sendTraffic(server.port, [planned], requests, concurrency);
    const after = await truthOf(server);
    const spent = Object.entries(after.routes).map(([route, functions]) => ({
      route,
      ns: plantedNs(functions) - plantedNs(before.routes[route] ?? {}),
    }));
    const [only] = spent.filter(({ ns }) => ns > 0);
    if (only) costs.set(only.route, (after.threadNs - before.threadNs - only.ns) / requests);
  }
  return costs;
}

async function truthOf(server: TestServer): Promise<Truth> {
  return (await (await server.get('/truth')).json()) as Truth;
}

/** An answer may lack what was recorded since a rotation so short a time ago, and for requests that were open then all of their samples. */
const MAX_STALE_MS = 200;

/** Asks the server for the truth, then the profiler for what it saw until then. */
export async function measure(server: TestServer): Promise<Omit<Measured, 'besides'>> {
  const truth = await truthOf(server);
  await sleep(MAX_STALE_MS + 50);
  const { routes } = (await server.api('routes')) as RoutesAnswer;
  const all = (await server.api('profile')) as Profile;
  const status = (await server.api('status')) as StatusAnswer;
  const planted = new Set(plantedFunctions(truth).keys());
  const ofRoute = new Map<string, Map<string, FunctionTimes>>();
  for (const route of Object.keys(truth.routes)) {
    if (!routes.some((figures) => figures.route === route)) continue;
    const profile = (await server.api(`profile?route=${encodeURIComponent(route)}`)) as Profile;
    ofRoute.set(route, functionTimes(profile, planted));
  }
  return {
    truth,
    routes,
    status,
    all,
    functions: functionTimes(all, planted),
    ofRoute,
    lostShare: lostShare(all, planted),
  };
}

const SERVERS = '/test/accuracy/servers/';
/** What the planted functions call to measure themselves. */
const CLOCK = /\/(?:truth|thread-clock)\.cjs$/;

function lostShare(profile: Profile, planted: ReadonlySet<string>): number {
  const lost = statsRows(profile, 'cpu').filter(
    ({ info }) => info.file.includes(SERVERS) && !CLOCK.test(info.file) && !planted.has(info.name),
  );
  return lost.reduce((sum, { selfNs }) => sum + selfNs, 0) / profileCpuNs(profile);
}

function functionTimes(profile: Profile, planted: ReadonlySet<string>): Map<string, FunctionTimes> {
  const isPlanted = ({ name, file }: FunctionInfo): boolean => planted.has(name) && file.includes(SERVERS);
  const self = selfTimes(profile, isPlanted);
  const wall = new Map(statsRows(profile, 'wall').map((row) => [row.function, row.totalNs]));
  return new Map(
    statsRows(profile, 'cpu')
      .filter(({ info }) => isPlanted(info))
      .map(({ function: index, info, totalNs }) => [
        info.name,
        { selfCpuNs: self.get(index) ?? 0, totalCpuNs: totalNs, totalWallNs: wall.get(index) ?? 0 },
      ]),
  );
}

/** Per planted function, the CPU time of every node whose nearest planted ancestor, or self, it is. */
function selfTimes({ nodes, functions }: Profile, isPlanted: (info: FunctionInfo) => boolean): Map<number, number> {
  const times = new Map<number, number>();
  const owners: number[] = [];
  for (let node = 0; node < nodes.parent.length; node++) {
    const index = nodes.function[node] ?? -1;
    const info = functions[index];
    const owner = info && isPlanted(info) ? index : (owners[nodes.parent[node] ?? -1] ?? -1);
    owners.push(owner);
    times.set(owner, (times.get(owner) ?? 0) + (nodes.self.cpuNs[node] ?? 0));
  }
  return times;
}

/** A planted function over all routes. */
export function plantedFunctions({ routes }: Truth): Map<string, Planted> {
  const sums = new Map<string, Planted>();
  for (const functions of Object.values(routes)) {
    for (const [name, figures] of Object.entries(functions)) {
      const sum = sums.get(name);
      sums.set(name, sum ? addPlanted(sum, figures) : figures);
    }
  }
  return sums;
}

function addPlanted(a: Planted, b: Planted): Planted {
  return {
    selfNs: a.selfNs + b.selfNs,
    totalNs: a.totalNs + b.totalNs,
    selfWallMs: a.selfWallMs + b.selfWallMs,
    totalWallMs: a.totalWallMs + b.totalWallMs,
  };
}

/** CPU time of all planted functions of a route. */
export function plantedNs(functions: Readonly<Record<string, Planted>>): number {
  return Object.values(functions).reduce((sum, { selfNs }) => sum + selfNs, 0);
}

export function profileCpuNs(profile: Profile): number {
  return sumColumn(profile.nodes.self.cpuNs);
}
