/** What holds for every database driver, told of each version of it, required and imported, against a server of its own. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import { exporters } from '../../src/export/index.ts';
import type { Profile } from '../../src/profile/profile.ts';
import type { Database } from './databases.ts';
import { type FoundWait, waitsOf, waitsOfRoute } from './found-waits.ts';
import { functionSamples, samplesByName, stacksTo } from './function-samples.ts';
import { installFixture } from './install-fixture.ts';
import { startServer, type TestServer } from './server.ts';

/** What one request of a kind waits for. */
export interface ExpectedWait {
  readonly label: string;
  /** The function of the fixture that makes the call. */
  readonly caller: string;
  readonly count: number;
  /** What the database takes for all of them, one beside the other where they run so. */
  readonly leastMs?: number;
}

export interface CalledBack {
  readonly name: string;
  readonly milliseconds: number;
}

export interface DriverSuite {
  /** As in `pg 8.23`. */
  readonly name: string;
  /** The folder of test/fixtures, and the name of its files. */
  readonly fixture: string;
  readonly file: string;
  readonly skip: string | false;
  start(): Promise<Database>;
  readonly kinds: Readonly<Record<string, readonly ExpectedWait[]>>;
  /** By kind, functions that are called back one below the other, and work there for so long. */
  readonly callbacks?: Readonly<Record<string, readonly CalledBack[]>>;
  /** A kind that takes a second or more, and its label. */
  readonly endless: { readonly kind: string; readonly label: string };
  /** What the host prints of rejections that it does not handle, in any order. */
  readonly unhandled: readonly RegExp[];
}

const REQUESTS = 2;
/** Samples say what a request ran meanwhile, to 10 ms and more where others use the machine, and that is taken off its waits: a mean of many is right. */
const LEAST_SHARE = 0.6;
const MAX_REQUESTS = 12;
const SECRET = 'SECRET';
/** Requests of each kind, one after the other. */
const CALLED_BACK = 6;
const INTERVAL_MS = 10;

export function driverSuite(suite: DriverSuite): void {
  for (const extension of ['cjs', 'mjs'])
    describe(`${suite.name}, ${extension}`, { skip: suite.skip }, () => {
      const app = `${suite.file}-app.cjs`;
      let database: Database | undefined;
      let server: TestServer;
      let script: string;
      const start = (env: Record<string, string>, profiled = true): Promise<TestServer> =>
        startServer(script, { env: { DATABASE_URL: database?.url, ...env }, profiled });

      before(async () => {
        script = join(await installFixture(suite.fixture), `${suite.file}.${extension}`);
        database = await suite.start();
        server = await start({ PROFILER_WAITS: 'all' });
        await waitsOf(server, app, 'warm');
      });
      after(async () => {
        await server?.stop();
        await database?.stop();
      });

      for (const [kind, expected] of Object.entries(suite.kinds))
        it(`${kind}: each operation is one wait, below the function that calls the driver`, async () => {
          let requests = REQUESTS;
          let found = await waitsOf(server, app, kind, requests);
          while (isShort(found, expected, requests) && requests < MAX_REQUESTS) {
            await server.get(`/${kind}`);
            found = await waitsOfRoute(server, app, kind, ++requests);
          }
          assert.deepEqual(countsOf(found), expectedCounts(expected, requests), JSON.stringify(found));
          for (const { label, caller } of expected)
            assert.ok(
              found.every((wait) => wait.label !== label || wait.callers.includes(caller)),
              JSON.stringify(found),
            );
          assert.ok(!isShort(found, expected, requests), JSON.stringify(found));
          const { routes } = (await server.api('routes')) as RoutesAnswer;
          const route = routes.find((each) => each.route === `GET /${kind}`);
          assert.ok(route && sumOf(found) <= route.durationMs.mean * route.requests + 1, JSON.stringify(found));
        });

      for (const [kind, functions] of Object.entries(suite.callbacks ?? {}))
        it(`${kind}: callbacks run in their request, whoever has opened the connection`, async () => {
          const off = await start({ PROFILER_WAITS: 'off' });
          try {
            await off.get('/warm');
            for (const each of [server, off]) {
              for (let request = 0; request < CALLED_BACK; request++) await each.get(`/${kind}`);
              await waitsOfRoute(each, app, kind, CALLED_BACK);
              const samples = await functionSamples(each, `GET /${kind}`);
              const everywhere = samplesByName((await each.api('profile')) as Profile);
              for (const { name, milliseconds } of functions) {
                const least = (LEAST_SHARE * CALLED_BACK * milliseconds) / INTERVAL_MS;
                assert.ok((samples.get(name) ?? 0) >= least, `${name}: ${samples.get(name)} of ${least}`);
                assert.equal(samples.get(name), everywhere.get(name), `${name} is in this route only`);
              }
            }
            const found = stacksTo(
              (await server.api(`profile?route=GET%20/${kind}`)) as Profile,
              functions.at(-1)?.name,
            );
            const order = [kind, ...functions.map(({ name }) => name)];
            for (const names of found)
              assert.deepEqual(
                names.filter((name) => order.includes(name)),
                order,
              );
          } finally {
            await off.stop();
          }
        });

      it('a request that is given up has waited until then', async () => {
        const { kind, label } = suite.endless;
        const abort = new AbortController();
        const given = server.get(`/${kind}`, { signal: abort.signal });
        await delay(300);
        abort.abort();
        await assert.rejects(given);
        const [wait, ...others] = await waitsOfRoute(server, app, kind, 1);
        assert.deepEqual([wait?.label, wait?.count, others], [label, 1, []]);
        assert.ok(wait && wait.milliseconds > 100, JSON.stringify(wait));
      });

      it('no answer holds a literal, a key or a comment', async () => {
        const exports = exporters.map(({ format }) => `api/v1/export?format=${format}`);
        for (const path of ['', 'stats', 'api/v1/status', 'api/v1/routes', 'api/v1/profile', ...exports]) {
          const response = await server.get(`/__profile__/${path}`);
          assert.equal(response.status, 200, path);
          assert.ok(!textOf(await response.arrayBuffer()).includes(SECRET), path);
        }
      });

      it('what the driver gives back, and what it leaves unhandled, is as without the profiler', async () => {
        const bare = await start({}, false);
        const off = await start({ PROFILER_WAITS: 'off' });
        try {
          for (const each of [bare, off, server]) await each.get('/unhandled');
          const facts = await Promise.all([bare, off, server].map(async (each) => (await each.get('/facts')).text()));
          assert.deepEqual(facts, [facts[0], facts[0], facts[0]]);
          const isMissing = (): boolean => suite.unhandled.some((line) => !line.test(server.stdout()));
          for (let tries = 0; isMissing() && tries < 50; tries++) await server.get('/warm');
          for (const line of suite.unhandled) assert.match(server.stdout(), line);
          // What a driver prints by itself it prints in either case.
          assert.deepEqual([off.stderr(), server.stderr()], [bare.stderr(), bare.stderr()]);
          const { waits } = (await off.api('status')) as StatusAnswer;
          assert.equal(waits.operations, 0);
        } finally {
          await Promise.all([bare.stop(), off.stop()]);
        }
      });

      it('nothing is switched off', async () => {
        const { problems } = (await server.api('status')) as StatusAnswer;
        assert.deepEqual(problems, []);
      });
    });
}

function isShort(found: readonly FoundWait[], expected: readonly ExpectedWait[], requests: number): boolean {
  return expected.some(({ label, leastMs = 0 }) => {
    const alike = found.filter((wait) => wait.label === label);
    return sumOf(alike) < LEAST_SHARE * requests * leastMs;
  });
}

function expectedCounts(expected: readonly ExpectedWait[], requests: number): Record<string, number> {
  return countsOf(expected.map(({ label, count }) => ({ label, count: count * requests })));
}

function countsOf(waits: ReadonlyArray<Pick<FoundWait, 'label' | 'count'>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { label, count } of waits) counts[label] = (counts[label] ?? 0) + count;
  return counts;
}

function sumOf(waits: readonly FoundWait[]): number {
  return waits.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function textOf(bytes: ArrayBuffer): string {
  const buffer = Buffer.from(bytes);
  const isZipped = buffer[0] === 0x1f && buffer[1] === 0x8b;
  return (isZipped ? gunzipSync(buffer) : buffer).toString('latin1');
}
