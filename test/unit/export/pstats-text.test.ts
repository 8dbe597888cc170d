/** The text table: pstats's layout, repoze.profile's parameters, and no invented numbers. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { type PstatsParams, renderPstats } from '../../../src/export/pstats-text.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { dedent, parseTree } from '../../helpers/profiles.ts';

const PROFILE = parseTree(
  `
  handle @/app/server.js:12:3 samples=10 cpu=100000000 wall=110000000
    walk @/app/lib/views.js:7:1 samples=20 cpu=200000000 wall=210000000
      walk @/app/lib/views.js:7:1 samples=5 cpu=50000000 wall=50000000
    query @/app/node_modules/pg/lib/client.js:10:5 samples=1 cpu=4000000 wall=5000000 wait=2500000000 waits=2
      writev samples=2 cpu=20000000 wall=20000000
`,
  { routes: ['GET /users/:id', 'GET /'], requests: 40 },
);

const PARAMS: PstatsParams = { sort: 'time', mode: 'stats', fulldirs: false, metric: 'cpu' };

const render = (params: Partial<PstatsParams> = {}, profile: Profile = PROFILE): string =>
  renderPstats(profile, { ...PARAMS, ...params });

/** The lines below the table's head. */
const rowsOf = (text: string): string[] => {
  const lines = text.split('\n');
  return lines.slice(lines.findIndex((line) => line.includes('filename:lineno(function)')) + 1, -1);
};

test('the table starts with what was profiled and looks like one of pstats', () => {
  assert.equal(
    render(),
    `${dedent(`
      GET /users/:id, GET /
      .
         40 requests, 38 samples every 10 ms in 30.0 s
         cpu 374 ms, wall 2.90 s, of which wait 2.50 s; shown: cpu
         percall: mean per request (calls were not counted)
      .
         Ordered by: internal time
      .
        samples  tottime  percall  cumtime  percall filename:lineno(function)
             25    0.250 0.006250    0.250 0.006250 views.js:7(walk)
             38    0.100 0.002500    0.374 0.009350 server.js:12(handle)
              2    0.020 0.000500    0.020 0.000500 {writev}
              3    0.004 0.000100    0.024 0.000600 pg/lib/client.js:10(query)
    `).replaceAll(/^\.$/gm, '')}\n`,
  );
});

test('counted calls are ncalls, percall is per call, and functions without a count have none', () => {
  const functions = PROFILE.functions.map((info) => (info.name === 'walk' ? { ...info, calls: 500 } : info));
  const text = render({ sort: 'calls' }, { ...PROFILE, functions });
  assert.match(text, /^ {3}ncalls {2}tottime/m);
  assert.match(text, /Ordered by: call count/);
  assert.match(text, /percall: mean per call\n/);
  assert.equal(rowsOf(text)[0], '      500    0.250 0.000500    0.250 0.000500 views.js:7(walk)');
  assert.equal(rowsOf(text)[1], '        -    0.100             0.374          server.js:12(handle)');
});

test('without counted calls, sorting by calls sorts by samples and says so', () => {
  assert.match(render({ sort: 'calls' }), /Ordered by: samples/);
  assert.match(rowsOf(render({ sort: 'pcalls' }))[0] ?? '', /handle/);
});

test('a profile of no requests has no mean per request', () => {
  assert.equal(
    rowsOf(render({}, { ...PROFILE, requests: 0 }))[0],
    '       25    0.250             0.250          views.js:7(walk)',
  );
});

test('limit and filename restrict the list, and the table says by how much', () => {
  const text = render({ limit: 1, filename: 'lib/' });
  assert.deepEqual(
    rowsOf(text).map((row) => row.trim().split(' ').at(-1)),
    ['views.js:7(walk)'],
  );
  assert.match(
    text,
    / {3}List reduced from 4 to 2 due to restriction <'lib\/'>\n {3}List reduced from 2 to 1 due to restriction <1>\n/,
  );
});

test('fulldirs shows whole paths', () => {
  assert.match(render({ fulldirs: true }), / \/app\/node_modules\/pg\/lib\/client\.js:10\(query\)$/m);
});

test('the metric decides which time is shown', () => {
  assert.match(rowsOf(render({ metric: 'wait' }))[0] ?? '', /^ +3 {4}2\.500 .* pg\/lib\/client\.js:10\(query\)$/);
  assert.match(rowsOf(render({ metric: 'wall' }))[0] ?? '', / 2\.505 .*query/);
});

test('callers lists who called each function, heaviest first', () => {
  const lines = render({ mode: 'callers', limit: 2 }).split('\n');
  assert.deepEqual(lines.slice(-6, -1), [
    'Function              was called by...',
    '                         samples  tottime  cumtime',
    'views.js:7(walk)      <-      25    0.200    0.250  server.js:12(handle)',
    '                               5    0.050    0.050  views.js:7(walk)',
    'server.js:12(handle)  <-',
  ]);
});

test('callees lists what each function called', () => {
  const lines = render({ mode: 'callees', sort: 'cumulative', limit: 1 }).split('\n');
  assert.deepEqual(lines.slice(-5, -1), [
    'Function              called...',
    '                         samples  tottime  cumtime',
    'server.js:12(handle)  ->      25    0.200    0.250  views.js:7(walk)',
    '                               3    0.004    0.024  pg/lib/client.js:10(query)',
  ]);
});

test('many routes are summed up', () => {
  const routes = Array.from({ length: 14 }, (_route, index) => `GET /${index}`);
  assert.match(render({}, { ...PROFILE, routes }), /^GET \/0, .*GET \/9, and 4 more\n/);
});

test('an empty profile gives an empty table', () => {
  const empty = parseTree('', { routes: [], requests: 0 });
  assert.deepEqual(rowsOf(render({}, empty)), []);
  assert.match(render({ mode: 'callers' }, empty), /was called by/);
});
