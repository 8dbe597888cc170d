/** What samples before a function's first await teach of its callers after it, seen in the stitched tree. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnFromSamples } from '../../../src/collector/learn-from-samples.ts';
import { stitchTree } from '../../../src/collector/stitch-tree.ts';
import { Stitcher } from '../../../src/collector/stitcher.ts';
import { dedent, drawTree, METADATA, parseTree } from '../../helpers/profiles.ts';

/** The tree as it is shown. */
function stitched(drawing: string, stitcher = new Stitcher()): string {
  const recorded = parseTree(drawing);
  learnFromSamples(recorded, stitcher);
  return drawTree(
    stitchTree(recorded, stitcher, { stitchedNs: 0, ambiguousNs: 0, unknownNs: 0 }).build({ ...METADATA }),
  );
}

const RESUMED = `
  GET /a @route:
    emit @node:events:500
      route @/app/a.js:1
        handle @/app/a.js:2
          price @/app/a.js:3 4
    processTicksAndRejections @node:internal/process/task_queues:70
      price @/app/a.js:3
        round @/app/a.js:4 6
      handle @/app/a.js:2 1
`;

test('a resumed function stands below those who called it before its first await', () => {
  assert.equal(
    stitched(RESUMED),
    dedent(`
      GET /a @route:
        route @/app/a.js:1
          handle @/app/a.js:2 1
            price @/app/a.js:3 4
              round @/app/a.js:4 6
    `),
  );
});

test('what was learned in one segment holds in the next', () => {
  const stitcher = new Stitcher();
  const resumed = `
    GET /a @route:
      processTicksAndRejections @node:internal/process/task_queues:70
        price @/app/a.js:3 6
  `;
  assert.match(stitched(resumed, stitcher), /\(async\)/);
  const called = `
    GET /a @route:
      emit @node:events:500
        handle @/app/a.js:2
          price @/app/a.js:3 4
  `;
  stitched(called, stitcher);
  assert.equal(stitched(resumed, stitcher).trim().split('\n')[1]?.trim(), 'handle @/app/a.js:2');
});

test('callers share by their samples, of all that is below', () => {
  const shown = stitched(`
    GET /a @route:
      emit @node:events:500
        one @/app/a.js:1
          price @/app/a.js:3
            round @/app/a.js:4 3
        two @/app/a.js:2
          price @/app/a.js:3 1
      processTicksAndRejections @node:internal/process/task_queues:70
        price @/app/a.js:3 8
  `);
  assert.equal(
    shown,
    dedent(`
      GET /a @route:
        one @/app/a.js:1
          price @/app/a.js:3 6
            round @/app/a.js:4 3
        two @/app/a.js:2
          price @/app/a.js:3 3
    `),
  );
});

test('operations know better than samples', () => {
  const stitcher = new Stitcher();
  const [, , route, , price] = parseTree(RESUMED).functions;
  assert.ok(route && price);
  stitcher.learn('GET /a', [route, price], true, 1);
  assert.match(stitched(RESUMED, stitcher), /^ {4}price @\/app\/a\.js:3\n {6}round @\/app\/a\.js:4 6$/m);
});

test('an event’s callback is not put below those who call the same function at other times', () => {
  const shown = stitched(`
    GET /a @route:
      emit @node:events:500
        handle @/app/a.js:2
          tick @/app/a.js:3 1
      listOnTimeout @node:internal/timers:500
        tick @/app/a.js:3 5
  `);
  assert.match(shown, /^ {2}tick @\/app\/a\.js:3 5$/m);
});

test('of a function that calls itself the first caller counts, and other routes teach nothing', () => {
  const shown = stitched(`
    GET /a @route:
      emit @node:events:500
        walk @/app/a.js:1
          walk @/app/a.js:1 2
    GET /b @route:
      emit @node:events:500
        handle @/app/a.js:2
          walk @/app/a.js:1
            walk @/app/a.js:1 2
      processTicksAndRejections @node:internal/process/task_queues:70
        walk @/app/a.js:1 5
  `);
  assert.match(shown, /^ {2}handle @\/app\/a\.js:2\n {4}walk @\/app\/a\.js:1 5$/m);
});

const MADE = `
  GET /a @route:
    emit @node:events:500
      route @/app/a.js:1
        handle @/app/a.js:2 3
    processTicksAndRejections @node:internal/process/task_queues:70
      then @/app/a.js:7 5
    listOnTimeout @node:internal/timers:500
      tick @/app/a.js:8
        emit @node:events:500
          done @/app/b.js:1 2
`;

test('a closure that nobody knows stands below the function that made it, where the route has met that', () => {
  const byLine = new Map([
    [7, 2],
    [8, 7],
  ]);
  const recorded = parseTree(MADE);
  const stitcher = new Stitcher(({ file, line }) =>
    recorded.functions.find((other) => other.file === file && file !== '' && other.line === byLine.get(line)),
  );
  assert.equal(
    stitched(MADE, stitcher),
    dedent(`
      GET /a @route:
        route @/app/a.js:1
          handle @/app/a.js:2 3
            then @/app/a.js:7 5
              tick @/app/a.js:8
                emit @node:events:500
                  done @/app/b.js:1 2
    `),
  );
});

test('a maker that only other routes have met is none of this one', () => {
  const recorded = parseTree(MADE);
  const stitcher = new Stitcher(({ line }) =>
    line === 7 ? recorded.functions.find((other) => other.line === 2) : undefined,
  );
  learnFromSamples(recorded, stitcher);
  assert.match(
    stitched(
      `
      GET /b @route:
        processTicksAndRejections @node:internal/process/task_queues:70
          then @/app/a.js:7 5
    `,
      stitcher,
    ),
    /\(async\)/,
  );
});

test('makers that make each other end at the root', () => {
  const recorded = parseTree(MADE);
  const at = (line: number) => recorded.functions.find((other) => other.file === '/app/a.js' && other.line === line);
  const stitcher = new Stitcher(({ file, line }) => (file === '/app/a.js' ? at(line === 7 ? 8 : 7) : undefined));
  assert.match(stitched(MADE, stitcher), /then @\/app\/a\.js:7 5/);
});

test('a closure whose maker it calls in turn stands once', () => {
  const polled = `
    GET /a @route:
      emit @node:events:500
        handle @/app/a.js:1
          poll @/app/a.js:2 1
      listOnTimeout @node:internal/timers:500
        tick @/app/a.js:3 2
          poll @/app/a.js:2 5
  `;
  const poll = parseTree(polled).functions.find(({ name }) => name === 'poll');
  assert.equal(
    stitched(polled, new Stitcher(({ name }) => (name === 'tick' ? poll : undefined))),
    dedent(`
      GET /a @route:
        handle @/app/a.js:1
          poll @/app/a.js:2 1
            tick @/app/a.js:3 2
              poll @/app/a.js:2 5
    `),
  );
});
