/**
 * Planted ground truth: servers that burn a known amount of CPU time in known functions, and the shares that the profiler makes of it.
 * The truth is in CPU time of the server's own thread, so a slow or busy machine makes this test slow, not wrong.
 */

import { before, describe, test } from 'node:test';
import { installFixture } from '../helpers/install-fixture.ts';
import { startServer } from '../helpers/server.ts';
import { checkShares, meanRows, percent, type ShareRow } from './shares.ts';
import { type PlannedRequest, sendTraffic } from './traffic.ts';
import { besidesNs, type Measured, measure, plantedFunctions, plantedNs, profileCpuNs } from './truth.ts';
import { V8_FLAGS } from './v8-flags.ts';

const SERVERS = 'test/accuracy/servers';
const CONCURRENCY = 50;
/** Should frames be missing all the same, which shows in functions that only call planted ones, the run is repeated. */
const MAX_LOST_SHARE = 0.03;
const ATTEMPTS = 3;
/** Of a load's requests, so many of each kind are sent alone, to learn what one costs besides its planted functions. */
const ALONE_SHARE = 1 / 20;

let modules = '';
before(async () => {
  modules = `${await installFixture('accuracy')}/node_modules`;
});

interface Load {
  readonly plan: readonly PlannedRequest[];
  readonly requests: number;
  readonly concurrency: number;
}

async function withServer(
  script: string,
  intervalMs: number,
  { plan, requests, concurrency }: Load,
): Promise<Measured> {
  const env = { NODE_PATH: modules, PROFILER_INTERVAL_MS: String(intervalMs) };
  for (let attempt = 1; ; attempt++) {
    const server = await startServer(`${SERVERS}/${script}`, { env, nodeArgs: V8_FLAGS });
    try {
      await sendTraffic(server.port, plan, requests, concurrency);
      const measured = await measure(server);
      if (measured.lostShare <= MAX_LOST_SHARE || attempt === ATTEMPTS)
        return {
          ...measured,
          besides: await besidesNs(server, plan, Math.max(10, requests * ALONE_SHARE), concurrency),
        };
      console.log(
        `${script}: V8 lost the innermost frame of ${(measured.lostShare * 100).toFixed(1)}% of the CPU time; once more`,
      );
    } finally {
      await server.stop();
    }
  }
}

test('plain http: CPU burnt across awaits, timers, streams and pool callbacks reaches its route and function', async () => {
  const upload = { method: 'POST', path: '/upload', body: 'x'.repeat(100) } as const;
  const plan = [
    ...['/awaits', '/timers', '/streams', '/pool', '/report'].map((path) => ({ method: 'GET', path }) as const),
    upload,
  ];
  const measured = await withServer('plain-http.mjs', 4, { plan, requests: 2000, concurrency: CONCURRENCY });
  checkShares(
    'plain http',
    [...routeRows(measured), ...functionRows(measured), ...sharedRows(measured), sumRow(measured)],
    busySamples(measured),
  );
});

test('Express: CPU burnt in middleware, nested routers and handlers reaches its route and function', async () => {
  const json = {
    method: 'POST',
    path: '/shop/orders',
    body: '{"article":1}',
    headers: { 'content-type': 'application/json' },
  } as const;
  const plan = [
    ...['/shop/orders', '/shop/orders/42', '/price/7', '/price/8'].map((path) => ({ method: 'GET', path }) as const),
    json,
  ];
  const measured = await withServer('express.cjs', 2, { plan, requests: 1250, concurrency: CONCURRENCY });
  checkShares(
    'Express',
    [...routeRows(measured), ...functionRows(measured), ...sharedRows(measured), sumRow(measured)],
    busySamples(measured),
  );
});

// Neither of these needs a whole CPU.
describe('time that is not CPU time', { concurrency: true }, () => {
  test('a mostly idle server: bursts shorter than the sampling interval count in full', async () => {
    const plan = ['/cache', '/token', '/icon', '/index', '/archive'].map((path) => ({ method: 'GET', path }) as const);
    // Several servers, because one that idles takes long to use enough CPU time.
    const run = (): Promise<Measured> => withServer('mostly-idle.cjs', 6, { plan, requests: 80, concurrency: 2 });
    const runs = await Promise.all([run(), run(), run()]);
    const rows = runs.map((measured) => [...routeRows(measured), ...functionRows(measured), sumRow(measured)]);
    checkShares('mostly idle', meanRows(rows), sum(runs.map(busySamples)));
  });

  test('blocking calls: time that holds the thread without a CPU is wall time, not CPU time', async () => {
    const plan = ['/compute', '/lock', '/compute', '/file', '/mixed'].map((path) => ({ method: 'GET', path }) as const);
    const measured = await withServer('blocking.cjs', 4, { plan, requests: 1000, concurrency: 2 });
    checkShares(
      'blocking',
      [...functionRows(measured), ...wallRows(measured), sumRow(measured)],
      busySamples(measured),
    );
  });
});

/** Of the CPU time of all routes, each route's share: what is planted, and what its requests cost besides, a few percent of all. */
function routeRows({ truth, routes, besides }: Measured): ShareRow[] {
  const planted = Object.entries(truth.routes).map(([route, functions]) => {
    const figures = routes.find((candidate) => candidate.route === route);
    const requests = figures?.requests ?? 0;
    return {
      route,
      ns: plantedNs(functions),
      besides: requests * (besides.get(route) ?? Number.NaN),
      cpuMs: figures?.cpuMs ?? 0,
    };
  });
  const restNs = truth.threadNs - sum(planted.map(({ ns }) => ns));
  const besidesSum = sum(planted.map((route) => route.besides));
  const measuredSum = sum(planted.map(({ cpuMs }) => cpuMs));
  return planted.map((route) => ({
    what: route.route,
    truth: (route.ns + (restNs * route.besides) / besidesSum) / truth.threadNs,
    measured: route.cpuMs / measuredSum,
  }));
}

/** Of all CPU time of the thread, each function's own and cumulative share. */
function functionRows(measured: Measured): ShareRow[] {
  const { truth, functions } = measured;
  const measuredSum = foundCpuNs(measured);
  return [...plantedFunctions(truth)].flatMap(([name, { selfNs, totalNs }]): ShareRow[] => {
    const times = functions.get(name);
    const self = {
      what: `${name} self`,
      truth: selfNs / truth.threadNs,
      measured: (times?.selfCpuNs ?? 0) / measuredSum,
    };
    const total = {
      what: `${name} total`,
      truth: totalNs / truth.threadNs,
      measured: (times?.totalCpuNs ?? 0) / measuredSum,
    };
    return totalNs > selfNs * 1.01 ? [self, total] : [self];
  });
}

/** Functions that several routes call: each route must get its own part of all CPU time. */
function sharedRows(measured: Measured): ShareRow[] {
  const { truth, ofRoute } = measured;
  const measuredSum = foundCpuNs(measured);
  const routesOf = (name: string): string[] => Object.keys(truth.routes).filter((route) => truth.routes[route]?.[name]);
  return [...plantedFunctions(truth).keys()]
    .filter((name) => routesOf(name).length > 1)
    .flatMap((name) =>
      routesOf(name).map((route) => ({
        what: `${name} in ${route}`,
        truth: (truth.routes[route]?.[name]?.totalNs ?? 0) / truth.threadNs,
        measured: (ofRoute.get(route)?.get(name)?.totalCpuNs ?? 0) / measuredSum,
      })),
    );
}

/** Of all time that holds the thread in planted functions, each function's cumulative share. */
function wallRows({ truth, functions }: Measured): ShareRow[] {
  const planted = [...plantedFunctions(truth)];
  const truthSum = sum(planted.map(([, { selfWallMs }]) => selfWallMs));
  const measured = planted.map(([name]) => functions.get(name)?.totalWallNs ?? 0);
  const measuredSum = sum(measured);
  return planted.map(([name, { totalWallMs }], at) => ({
    what: `${name} wall`,
    truth: totalWallMs / truthSum,
    measured: (measured[at] ?? 0) / measuredSum,
  }));
}

/** What is in the profile, with what `status` says is in none, against the CPU clock of the thread. */
function sumRow(measured: Measured): ShareRow {
  const {
    truth,
    all,
    status: { sampling },
  } = measured;
  const { thread, discarded, owed, held } = sampling.cpuMs;
  const threadMs = truth.threadNs / 1e6;
  console.log(
    `${percent(thread / threadMs)} of the thread's CPU time on the profiler's clock: ${percent(profileCpuNs(all) / truth.threadNs)} in the profile, ${percent(discarded / threadMs)} discarded, ${percent(owed / threadMs)} owed, ${percent(held / threadMs)} held; ${sampling.missedSamples} missed of ${busySamples(measured)} samples; ${sampling.samplerRestarts} restarts of the sampler`,
  );
  return { what: 'all CPU of the thread', truth: 1, measured: foundCpuNs(measured) / truth.threadNs };
}

/** All CPU time of the thread that the profiler knows of, the sampler's own included. */
function foundCpuNs({ all, status: { sampling } }: Measured): number {
  const { discarded, owed, held } = sampling.cpuMs;
  return profileCpuNs(all) + (discarded + owed + held) * 1e6;
}

function busySamples({ status: { sampling } }: Measured): number {
  return sampling.samples - sampling.idleSamples;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
