import { postgresql } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';

const { skip } = await postgresql.availability();

const query = (text: string, caller: string, count = 1, leastMs = 50): ExpectedWait => ({
  label: `postgres ${text}`,
  caller,
  count,
  leastMs,
});
const NAP = 'SELECT pg_sleep(?), ? AS note';
const ROWS = 'SELECT n, pg_sleep(?) FROM generate_series(?, ?) n';

for (const { name, fixture } of [
  { name: 'postgres 3.4', fixture: 'drivers-latest' },
  { name: 'postgres 3.0', fixture: 'drivers-previous' },
])
  driverSuite({
    name,
    fixture,
    file: 'postgres',
    skip,
    start: postgresql.start,
    kinds: {
      tagged: [query(NAP, 'tagged')],
      values: [query('SELECT pg_sleep($1), $2::text', 'values')],
      plain: [query('SELECT pg_sleep(?), ?', 'plain')],
      parallel: [query(NAP, 'parallel', 3)],
      queued: [query('SELECT pg_sleep(?), $1::text', 'one', 2, 100)],
      fragments: [query('SELECT pg_sleep(?) $1', 'fragments')],
      transaction: [
        query('begin', 'transaction', 1, 0),
        query('SELECT pg_sleep(?), ?', 'transaction'),
        query('commit', 'transaction', 1, 0),
      ],
      iterated: [query(ROWS, 'iterated', 4, 60)],
      rowByRow: [query(ROWS, 'rowByRow', 1, 60)],
      failing: [query('SELECT pg_sleep(?), ? / ?, ?', 'failing', 1, 0)],
      coldQuery: [query(NAP, 'coldQuery')],
    },
    callbacks: { workInCallbacks: [{ name: 'workOnRow', milliseconds: 60 }] },
    endless: { kind: 'endless', label: 'postgres SELECT pg_sleep(?), ?' },
    unhandled: [/UNHANDLED column "unhandled_column" does not exist/, /UNHANDLED connect ECONNREFUSED/],
  });
