import { mariadb } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';

const { skip } = await mariadb.availability();

const SLOW = 'mysql SELECT SLEEP(?), ? AS note';
const slow = (caller: string, count = 1, leastMs = 50): ExpectedWait => ({ label: SLOW, caller, count, leastMs });
const small = (label: string, caller: string): ExpectedWait => ({ label: `mysql ${label}`, caller, count: 1 });

driverSuite({
  name: 'mysql 2.18',
  fixture: 'drivers-latest',
  file: 'mysql',
  skip,
  start: mariadb.start,
  kinds: {
    queryCallback: [slow('queryCallback')],
    queryValues: [slow('queryValues')],
    queryOptions: [slow('queryOptions')],
    queryConnection: [small('getConnection', 'queryConnection'), slow('queryConnection')],
    transaction: [
      small('getConnection', 'transaction'),
      small('START TRANSACTION', 'transaction'),
      slow('transaction'),
      small('COMMIT', 'transaction'),
    ],
    queryStream: [{ label: 'mysql SELECT ?, SLEEP(?), ?', caller: 'queryStream', count: 1, leastMs: 50 }],
    queryParallel: [slow('queryParallel', 4)],
    queryQueued: [slow('queryQueued', 2, 100)],
    queryError: [small('SELECT SLEEP(?) FROM missing WHERE name = ?', 'queryError')],
    queryCold: [slow('queryCold')],
  },
  callbacks: {
    workInCallbacks: [
      { name: 'workConnected', milliseconds: 30 },
      { name: 'workQueried', milliseconds: 60 },
    ],
    workInCallback: [{ name: 'workAnswered', milliseconds: 60 }],
  },
  endless: { kind: 'queryEndless', label: 'mysql SELECT SLEEP(?), ?' },
  unhandled: [/UNHANDLED ER_BAD_FIELD_ERROR/],
});
