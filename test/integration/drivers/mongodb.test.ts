/**
 * Against a server of the test's own that speaks MongoDB's wire protocol, not against a MongoDB server: Debian has none, and no npm package brings
 * one. What a real one does beyond that (authentication, replica sets, retries) is not tested.
 */

import { createRequire } from 'node:module';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Database } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';
import { installFixture } from '../../helpers/install-fixture.ts';

const find = (caller: string, count = 1, leastMs = 50): ExpectedWait => ({
  label: 'mongodb find orders',
  caller,
  count,
  leastMs,
});
const wait = (label: string, caller: string): ExpectedWait => ({
  label: `mongodb ${label}`,
  caller,
  count: 1,
  leastMs: 50,
});
const kinds = {
  find: [find('find')],
  findOne: [find('findOne')],
  iterate: [find('iterate'), wait('getMore orders', 'iterate')],
  insert: [wait('insert orders', 'insert')],
  insertMany: [wait('insert orders', 'insertMany')],
  aggregate: [wait('aggregate orders', 'aggregate')],
  command: [wait('ping', 'command')],
  parallel: [find('parallel', 2)],
  queued: [find('queued', 4, 100)],
  findError: [find('findError')],
  findCold: [find('findCold')],
};

for (const { name, fixture } of [
  { name: 'mongodb 7 with a stand-in for MongoDB', fixture: 'drivers-latest' },
  { name: 'mongodb 6 with a stand-in for MongoDB', fixture: 'drivers-previous' },
])
  driverSuite({
    name,
    fixture,
    file: 'mongodb',
    skip: false,
    start: () => startStandIn(fixture),
    kinds,
    endless: { kind: 'endless', label: 'mongodb find slow' },
    unhandled: [/UNHANDLED not today/],
  });

async function startStandIn(fixture: string): Promise<Database> {
  const load = createRequire(join(await installFixture(fixture), 'package.json'));
  const startMongoWire = load('../drivers-shared/mongo-wire.cjs') as (bson: unknown) => Promise<Server>;
  const server = await startMongoWire(load('bson'));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `mongodb://127.0.0.1:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
