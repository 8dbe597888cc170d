/** A request's timeline, drawn as text: a character per millisecond, a line per lane. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { KeptRequest, RequestTimeline } from '../../../src/profile/kept-request.ts';
import { REQUEST_SORTS, sortRequests } from '../../../ui/model/request-list.ts';
import { type Lane, nearestItem, timelineLanes } from '../../../ui/model/request-timeline.ts';
import { itemText } from '../../../ui/model/timeline-text.ts';
import { dedent } from '../../helpers/profiles.ts';

const NAMES = ['handle', 'hash', 'query', 'render'];
const REQUEST: KeptRequest = {
  id: 'a1',
  route: 'GET /slow',
  method: 'GET',
  url: '/slow',
  status: 200,
  isAborted: false,
  startedAt: 1_000_000,
  durationMs: 40,
  cpuMs: 0,
  wallMs: 0,
  waitMs: 0,
  otherMs: 0,
  othersMs: 0,
  isTraced: true,
  pid: 1,
};

interface Parts {
  readonly durationMs?: number;
  /** [start, wall, stack] */
  readonly samples?: readonly (readonly [number, number, number])[];
  /** [start, end, stack] */
  readonly waits?: readonly (readonly [number, number, number])[];
  readonly others?: readonly (readonly [number, number, number])[];
}

function timelineOf({ durationMs = 40, samples = [], waits = [], others = [] }: Parts): RequestTimeline {
  const column = (rows: readonly (readonly number[])[], at: number): number[] => rows.map((row) => row[at] ?? 0);
  return {
    ...REQUEST,
    durationMs,
    functions: NAMES.map((name, at) => ({ name, file: '/app/server.js', line: at + 1, column: 1, category: 'app' })),
    stacks: NAMES.map((_name, at) => (at === 0 ? [0] : [0, at])),
    routes: ['GET /other'],
    samples: {
      atMs: column(samples, 0),
      wallMs: column(samples, 1),
      cpuMs: column(samples, 1),
      stack: column(samples, 2),
    },
    waits: { startMs: column(waits, 0), endMs: column(waits, 1), stack: column(waits, 2) },
    others: {
      atMs: column(others, 0),
      wallMs: column(others, 1),
      stack: column(others, 2),
      route: others.map(() => 0),
    },
  };
}

/** One character per millisecond: the first letter of the innermost function, then dashes; dots for gaps. */
function drawLanes(timeline: RequestTimeline): string {
  return timelineLanes(timeline)
    .map(({ kind, items }) => {
      let line = '';
      for (const { from, to, stack } of items) {
        const name = NAMES[stack]?.slice(0, 2) ?? '.';
        line =
          line.padEnd(Math.round(from)) + name.slice(0, 1).padEnd(Math.round(to - from), kind === 'gap' ? '.' : '-');
      }
      return `${kind.padEnd(7)}${line}`;
    })
    .join('\n');
}

test('a sample stands for a stretch of time, and neighbours of one stack are one item', () => {
  const timeline = timelineOf({
    samples: [
      [0, 10, 0],
      [10, 10, 1],
      [20, 10, 1],
    ],
  });
  assert.equal(
    drawLanes(timeline),
    dedent('own    h---------h-------------------\ngap                                  ..........'),
  );
  const [own] = timelineLanes(timeline);
  assert.deepEqual(
    own?.items.map(({ count, cpuMs }) => [count, cpuMs]),
    [
      [1, 10],
      [2, 20],
    ],
  );
});

test('waits that overlap lie in lanes of their own, and a lane is used again', () => {
  const timeline = timelineOf({
    waits: [
      [0, 20, 2],
      [5, 15, 3],
      [20, 40, 2],
      [16, 30, 1],
    ],
  });
  assert.equal(
    drawLanes(timeline),
    dedent(`
      wait   q-------------------q-------------------
      wait        r--------- h-------------
    `),
  );
});

test('what others ran has its lane and its route; only what nobody explains is a gap', () => {
  const timeline = timelineOf({ samples: [[0, 10, 0]], others: [[10, 15, 3]], waits: [[20, 30, 2]] });
  assert.equal(
    drawLanes(timeline),
    dedent(`
      own    h---------
      wait                       q---------
      others           r--------------
      gap                                  ..........
    `),
  );
  const lanes = timelineLanes(timeline);
  const texts = lanes.map(({ items: [item] }) => item && itemText(timeline, item));
  assert.deepEqual(texts, [
    'Own CPU: handle, 10.0 ms from 0',
    'Waits: query, 10.0 ms from 20.0 ms',
    'Others’ CPU: GET /other: render, 15.0 ms from 10.0 ms',
    'Other: nothing known, 10.0 ms from 30.0 ms',
  ]);
});

test('a request with nothing in it is one gap', () => {
  assert.equal(drawLanes(timelineOf({ durationMs: 5 })), 'gap    .....');
});

const figure = fc.double({ min: -5, max: 60, noNaN: true });
const rows = fc.array(fc.tuple(figure, fc.double({ min: 0, max: 30, noNaN: true }), fc.nat(3)), { maxLength: 60 });

test('items lie inside the request, one after the other in their lane, with ids of their own; no time is covered that was not', () => {
  fc.assert(
    fc.property(rows, rows, rows, (samples, waits, others) => {
      const inOrder = <Row extends readonly number[]>(list: readonly Row[]): Row[] =>
        [...list].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
      const spans = inOrder(waits).map(([start, length, stack]) => [start, start + length, stack] as const);
      const timeline = timelineOf({ samples: inOrder(samples), waits: spans, others: inOrder(others) });
      const lanes = timelineLanes(timeline);
      const items = lanes.flatMap((lane) => lane.items);
      assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
      for (const { from, to } of items) assert.ok(from >= 0 && to <= timeline.durationMs && from <= to);
      assert.ok(lanes.every((lane) => lane.items.length <= 2000));
      const gaps = items.filter(({ kind }) => kind === 'gap');
      for (const gap of gaps)
        for (const item of items)
          if (item.kind !== 'gap' && item.to - item.from > 0.05)
            assert.ok(item.to <= gap.from + 0.2 || item.from >= gap.to - 0.2);
    }),
    { numRuns: 200 },
  );
});

test('a request of a million samples has as many items as a screen has pixels, about', () => {
  const samples = Array.from({ length: 100_000 }, (_sample, at) => [at * 0.01, 0.01, at % 4] as const);
  const lanes = timelineLanes(timelineOf({ durationMs: 1000, samples }));
  assert.ok((lanes[0]?.items.length ?? 0) <= 1600, String(lanes[0]?.items.length));
  const covered = (lanes[0]?.items ?? []).reduce((sum, { from, to }) => sum + to - from, 0);
  assert.ok(Math.abs(covered - 1000) < 1, String(covered));
});

test('the item that lies nearest to a moment', () => {
  const [lane] = timelineLanes(
    timelineOf({
      samples: [
        [0, 10, 0],
        [25, 5, 1],
      ],
    }),
  ) as [Lane];
  assert.equal(nearestItem(lane, 12)?.from, 0);
  assert.equal(nearestItem(lane, 24)?.from, 25);
  assert.equal(nearestItem({ kind: 'own', items: [] }, 1), undefined);
});

test('requests sort by every column, texts up and figures down, and back', () => {
  const list = [
    { ...REQUEST, id: '1', durationMs: 5, cpuMs: 2, route: 'b', status: 500 },
    { ...REQUEST, id: '2', durationMs: 9, cpuMs: 1, route: 'c', startedAt: 1 },
    { ...REQUEST, id: '3', durationMs: 7, cpuMs: 2, route: 'a', waitMs: 3 },
  ];
  const ids = (sort: (typeof REQUEST_SORTS)[number], isReversed = false): string =>
    sortRequests(list, sort, isReversed)
      .map(({ id }) => id)
      .join('');
  assert.deepEqual(
    [ids('duration'), ids('duration', true), ids('cpu'), ids('route'), ids('status'), ids('wait'), ids('started')],
    ['231', '132', '312', '312', '123', '321', '312'],
  );
  for (const sort of REQUEST_SORTS) assert.equal(ids(sort, true), [...ids(sort)].reverse().join(''));
});
