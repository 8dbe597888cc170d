import { mariadb } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';

const { skip } = await mariadb.availability();

const SLOW = 'mysql2 SELECT SLEEP(?), ? AS note';
const slow = (caller: string, count = 1, leastMs = 50): ExpectedWait => ({ label: SLOW, caller, count, leastMs });
const small = (label: string, caller: string): ExpectedWait => ({ label: `mysql2 ${label}`, caller, count: 1 });
const kinds = {
  queryCallback: [slow('queryCallback')],
  executeCallback: [slow('executeCallback')],
  queryPromise: [slow('queryPromise')],
  executePromise: [slow('executePromise')],
  queryConnection: [small('getConnection', 'queryConnection'), slow('queryConnection')],
  getConnectionCallback: [small('getConnection', 'getConnectionCallback'), slow('getConnectionCallback')],
  transaction: [
    small('getConnection', 'transaction'),
    small('START TRANSACTION', 'transaction'),
    slow('transaction'),
    small('COMMIT', 'transaction'),
  ],
  queryStream: [{ label: 'mysql2 SELECT ?, SLEEP(?), ?', caller: 'queryStream', count: 1, leastMs: 50 }],
  queryParallel: [slow('queryParallel', 4)],
  queryQueued: [slow('queryQueued', 2, 100)],
  queryError: [small('SELECT SLEEP(?) FROM missing WHERE name = ?', 'queryError')],
  queryCold: [slow('queryCold')],
};

for (const { name, fixture } of [
  { name: 'mysql2 3', fixture: 'drivers-latest' },
  { name: 'mysql2 2', fixture: 'drivers-previous' },
])
  driverSuite({
    name,
    fixture,
    file: 'mysql2',
    skip,
    start: mariadb.start,
    kinds,
    callbacks: {
      workInCallbacks: [
        { name: 'workConnected', milliseconds: 30 },
        { name: 'workQueried', milliseconds: 60 },
      ],
      workInCallback: [{ name: 'workAnswered', milliseconds: 60 }],
    },
    endless: { kind: 'queryEndless', label: 'mysql2 SELECT SLEEP(?), ?' },
    unhandled: [/UNHANDLED Unknown column 'unhandled_column'/],
  });
