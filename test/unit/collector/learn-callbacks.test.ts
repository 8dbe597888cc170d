/** Callbacks: whose they are is learned from samples, and from what is started in them. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { learnCallbacks } from '../../../src/collector/learn-callbacks.ts';
import { Stitcher } from '../../../src/collector/stitcher.ts';
import { Timeline } from '../../../src/collector/timeline.ts';
import { callersOfCallback, TraceStacks } from '../../../src/collector/trace-stacks.ts';
import { tracedRequests } from '../../../src/collector/traced-requests.ts';
import type { FunctionInfo } from '../../../src/profile/profile.ts';
import type { TraceBatch } from '../../../src/wait/trace-batch.ts';
import { symbolizer } from './trees.ts';

const ROUTE = 'GET /';
const FILE = '/app/gone.js';

interface PlannedOperation {
  readonly start: number;
  readonly end: number;
  readonly done?: number;
  readonly stack: number;
  readonly parent?: number;
}

/** One request of slot 1 from 0 to 100 ms. */
function batchOf(operations: readonly PlannedOperation[], stacks: readonly (readonly string[])[]): TraceBatch {
  const names = [...new Set(stacks.flat())];
  const micros = (pick: (operation: PlannedOperation) => number): Float64Array<ArrayBuffer> =>
    Float64Array.from(operations, (operation) => pick(operation) * 1000);
  return {
    requests: {
      slot: Int32Array.of(1),
      startMicros: Float64Array.of(0),
      endMicros: Float64Array.of(100_000),
      route: Uint16Array.of(0),
      flags: Uint8Array.of(0),
      operations: Int32Array.of(operations.length),
    },
    operations: {
      startMicros: micros(({ start }) => start),
      endMicros: micros(({ end }) => end),
      doneMicros: micros(({ done = 0 }) => done),
      stack: Int32Array.from(operations, ({ stack }) => stack),
      parent: Int32Array.from(operations, ({ parent = -1 }) => parent),
    },
    stacks: {
      labels: stacks.map(() => 'timers.setTimeout'),
      // Innermost first.
      frames: stacks.map((stack) => stack.toReversed().map((name) => names.indexOf(name))),
      isRooted: stacks.map(() => true),
      functions: names.map((name, at) => ({ name, file: FILE, line: at + 1, column: 1 })),
    },
    dropped: 0,
    costMicros: 0,
    share: 1,
  };
}

function info(name: string, category: FunctionInfo['category'] = 'app'): FunctionInfo {
  return { name, file: FILE, line: 50, column: 1, category };
}

async function namesOf(batch: TraceBatch): Promise<string[]> {
  const stacks = new TraceStacks(symbolizer());
  await stacks.add(batch.stacks);
  const [request] = tracedRequests(batch, stacks);
  return (request?.operations ?? []).map(({ stack }) =>
    (stacks.get(stack)?.functions ?? []).map(({ name }) => name).join(' > '),
  );
}

test('what is started in a callback stands below what started the operation before', async () => {
  const batch = batchOf(
    [
      { start: 0, end: 10, stack: 0 },
      { start: 11, end: 20, stack: 1, parent: 0 },
      { start: 21, end: 30, stack: 2, parent: 1 },
    ],
    [['handler', 'load'], ['afterLoad'], ['afterRead', 'write']],
  );
  assert.deepEqual(await namesOf(batch), [
    'handler > load',
    'handler > load > afterLoad',
    'handler > load > afterLoad > afterRead > write',
  ]);
});

test('a function that starts itself again stands once, and is one stack', async () => {
  const operations = Array.from({ length: 50 }, (_, at) => ({
    start: at,
    end: at + 1,
    stack: Math.min(at, 1),
    parent: at - 1,
  }));
  const names = await namesOf(batchOf(operations, [['handler'], ['poll']]));
  assert.deepEqual([...new Set(names)], ['handler', 'handler > poll']);
});

test('callers of a callback end where it stands itself', () => {
  const names = (list: readonly FunctionInfo[]): string[] => list.map(({ name }) => name);
  const parent = [info('a'), info('b'), info('c')];
  assert.deepEqual(names(callersOfCallback(parent, info('d'))), ['a', 'b', 'c']);
  assert.deepEqual(names(callersOfCallback(parent, info('b'))), ['a']);
});

test('what runs until the callback returns is the callback; what runs later, and for others, is not', async () => {
  const batch = batchOf([{ start: 0, end: 10, done: 40, stack: 0 }], [['handler']]);
  const stacks = new TraceStacks(symbolizer());
  await stacks.add(batch.stacks);
  const [timeline, stitcher] = [new Timeline(), new Stitcher()];
  const shown = [null, info('listOnTimeout', 'node'), info('callback'), info('later'), info('other')];
  const sample = (ms: number, node: number, slot = 1) => {
    const times = { timeMicros: ms * 1000, wallNs: 1e6, cpuNs: 1e6 };
    return { node, slot, ...times, requestMicros: 0, route: 0 };
  };
  timeline.add([sample(20, 2), sample(30, 4, 7), sample(50, 3)], { parent: [-1, 0, 1, 1, 1], shown });
  for (const request of tracedRequests(batch, stacks)) learnCallbacks(request, ROUTE, { timeline, stacks, stitcher });
  const callers = (name: string): string[] | undefined =>
    stitcher.callersOf(ROUTE, info(name))?.flatMap((path) => path.callers.map((caller) => caller.name));
  assert.deepEqual(callers('callback'), ['handler']);
  assert.equal(callers('later'), undefined);
  assert.equal(callers('other'), undefined);
});
