import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { postgresql } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';
import { waitsOf } from '../../helpers/found-waits.ts';
import { installFixture } from '../../helpers/install-fixture.ts';
import { startServer } from '../../helpers/server.ts';

const { skip } = await postgresql.availability();

const SLOW = 'pg SELECT pg_sleep(?), ? AS note';
const ROWS = 'pg SELECT n, pg_sleep(?), ? FROM generate_series(?, ?) n';
const slow = (caller: string, count = 1, leastMs = 50): ExpectedWait => ({ label: SLOW, caller, count, leastMs });
const connect = (caller: string): ExpectedWait => ({ label: 'pg connect', caller, count: 1 });
/** Named as queries are: what the connection itself does is part of the query. */
const kinds = {
  queryPromise: [slow('queryPromise')],
  queryCallback: [slow('queryCallback')],
  queryValues: [{ label: 'pg SELECT pg_sleep($1), $2::text', caller: 'queryValues', count: 1, leastMs: 50 }],
  queryNamed: [{ label: 'pg SELECT pg_sleep($1::float8)', caller: 'queryNamed', count: 1, leastMs: 50 }],
  queryClient: [connect('withClient'), slow('withClient')],
  connectCallback: [connect('connectCallback'), slow('connectCallback')],
  queryParallel: [slow('queryParallel', 4)],
  queryQueued: [slow('queryQueued', 2, 100)],
  queryError: [{ label: 'pg SELECT pg_sleep(?), ? / ?, ?', caller: 'queryError', count: 1 }],
  queryEvents: [connect('withClient'), slow('queryEvents')],
  readCursor: [connect('withClient'), { label: ROWS, caller: 'readCursor', count: 4, leastMs: 60 }],
  readStream: [connect('withClient'), { label: ROWS, caller: 'readStream', count: 1, leastMs: 60 }],
  queryCold: [slow('queryCold')],
  queryBound: [slow('queryBound')],
};

for (const { name, fixture } of [
  { name: 'pg 8.23', fixture: 'drivers-latest' },
  { name: 'pg 8.0', fixture: 'drivers-previous' },
])
  driverSuite({
    name,
    fixture,
    file: 'pg',
    skip,
    start: postgresql.start,
    kinds,
    callbacks: {
      workInCallbacks: [
        { name: 'workConnected', milliseconds: 30 },
        { name: 'workQueried', milliseconds: 60 },
      ],
      workInCallback: [{ name: 'workAnswered', milliseconds: 60 }],
    },
    endless: { kind: 'queryEndless', label: 'pg SELECT pg_sleep(?), ?' },
    unhandled: [/UNHANDLED column "unhandled_column" does not exist/, /UNHANDLED connect ECONNREFUSED/],
  });

describe('two copies of pg, with a patch of the host on top', { skip }, () => {
  it('each of their queries is one wait, and the patch is called for each', async () => {
    await installFixture('drivers-previous');
    const folder = await installFixture('drivers-latest');
    const database = await postgresql.start();
    const server = await startServer(join(folder, 'pg-twice.cjs'), {
      env: { DATABASE_URL: database.url, PROFILER_WAITS: 'all' },
    });
    try {
      const found = await waitsOf(server, 'pg-twice.cjs', 'queryBoth', 2);
      assert.deepEqual(
        found.map(({ label, count }) => [label, count]),
        [['pg SELECT pg_sleep(?)', 4]],
      );
      assert.equal(await (await server.get('/patchCalls')).text(), '4');
    } finally {
      await server.stop();
      await database.stop();
    }
  });
});
