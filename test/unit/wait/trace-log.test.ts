/** TraceLog: what is taken is what was added, in order, however much it was. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Operation } from '../../../src/wait/trace.ts';
import { type EndedTrace, TraceLog } from '../../../src/wait/trace-log.ts';

const operation = fc.record({
  start: fc.nat(),
  end: fc.nat(),
  done: fc.nat(),
  stack: fc.nat(1000),
  /** Which of those before is its parent, if any. */
  parent: fc.option(fc.nat(20)),
});

const ended = fc
  .record({
    slot: fc.nat(1000),
    startMicros: fc.nat(),
    endMicros: fc.nat(),
    route: fc.nat(500),
    flags: fc.nat(7),
    // Now and then more than there is room for.
    made: fc.oneof(fc.array(operation, { maxLength: 5 }), fc.array(operation, { minLength: 100, maxLength: 600 })),
  })
  .map(({ made, ...request }) => {
    const operations: Operation[] = [];
    for (const { start, end, done, stack, parent } of made) {
      const each = new Operation(start, stack);
      each.endMicros = end;
      each.doneMicros = done;
      each.parent = parent === null ? undefined : operations[parent];
      operations.push(each);
    }
    return { ...request, operations };
  });

const rowsOf = <Table extends object>(table: Table): Record<keyof Table, number[]> =>
  Object.fromEntries(Object.entries(table).map(([name, column]) => [name, [...column]])) as Record<
    keyof Table,
    number[]
  >;

function expected(requests: readonly EndedTrace[]): unknown {
  const operations = requests.flatMap((request) => request.operations.map((each) => ({ each, request })));
  return {
    requests: {
      slot: requests.map(({ slot }) => slot),
      startMicros: requests.map(({ startMicros }) => startMicros),
      endMicros: requests.map(({ endMicros }) => endMicros),
      route: requests.map(({ route }) => route),
      flags: requests.map(({ flags }) => flags),
      operations: requests.map((request) => request.operations.length),
    },
    operations: {
      startMicros: operations.map(({ each }) => each.startMicros),
      endMicros: operations.map(({ each }) => each.endMicros),
      doneMicros: operations.map(({ each }) => each.doneMicros),
      stack: operations.map(({ each }) => each.stack),
      parent: operations.map(({ each, request }) => (each.parent ? request.operations.indexOf(each.parent) : -1)),
    },
  };
}

test('each batch holds what was added since the one before', () => {
  fc.assert(
    fc.property(fc.array(fc.array(ended, { maxLength: 40 }), { maxLength: 5 }), (batches) => {
      const log = new TraceLog();
      for (const batch of batches) {
        for (const request of batch) log.add(request);
        const { requests, operations } = log.take();
        assert.deepEqual({ requests: rowsOf(requests), operations: rowsOf(operations) }, expected(batch));
      }
    }),
    { numRuns: 60 },
  );
});

test('a batch’s buffers are its own: they are given away', () => {
  const log = new TraceLog();
  const request = { slot: 1, startMicros: 1, endMicros: 2, route: 3, flags: 0, operations: [new Operation(1, 7)] };
  log.add(request);
  const { requests, operations } = log.take();
  structuredClone(null, { transfer: [requests.slot.buffer, operations.stack.buffer] });
  log.add(request);
  assert.deepEqual([...log.take().operations.stack], [7]);
});
