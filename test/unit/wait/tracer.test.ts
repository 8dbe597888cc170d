import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogicalStack } from '../../../src/wait/logical-stack.ts';
import { StackTable } from '../../../src/wait/stack-table.ts';
import type { Operation } from '../../../src/wait/trace.ts';
import { type Attention, type TracedRequest, WaitTracer } from '../../../src/wait/tracer.ts';

const describe = (stack: LogicalStack): { label: string; stack: LogicalStack } => ({ label: 'fs.readFile', stack });

/** A tracer that traces every request, and what it told its watchers. */
function traced(): {
  tracer: WaitTracer;
  told: Attention[];
  begin(): TracedRequest;
  end(request: TracedRequest): void;
} {
  const told: Attention[] = [];
  let current: TracedRequest | undefined;
  const tracer = new WaitTracer({
    isLimited: false,
    ownDirectory: '/own',
    stacks: new StackTable(),
    current: () => current,
  });
  tracer.watch((attention) => told.push(attention));
  let begun = 0;
  return {
    tracer,
    told,
    begin() {
      current = { id: begun++, startMicros: 1, exchange: { trace: tracer.start('GET', '/'), endsOn: undefined } };
      return current;
    },
    end: (request) => tracer.close(request, 2, 0, 0, false),
  };
}

test('a request without operations has nobody hear callbacks', () => {
  const { told, begin, end } = traced();
  end(begin());
  assert.deepEqual(told, ['operations', 'none']);
});

test('callbacks are heard from the first operation that waits for one until no traced request is open', () => {
  const { tracer, told, begin, end } = traced();
  const [first, second] = [begin(), begin()];
  for (const asyncId of [7, 8]) {
    const operation = tracer.begin(begin, describe);
    assert.ok(operation);
    tracer.endWith(operation, asyncId);
  }
  end(second);
  assert.deepEqual(told, ['operations', 'callbacks']);
  end(first);
  assert.deepEqual(told, ['operations', 'callbacks', 'none']);
});

test('what a request left behind has nobody hear callbacks after its end', () => {
  const { tracer, told, begin, end } = traced();
  const request = begin();
  const operation = tracer.begin(begin, describe);
  assert.ok(operation);
  end(request);
  tracer.endWith(operation, 7);
  assert.deepEqual(told, ['operations', 'none']);
});

test('nobody is told after the end of a recording, not even of what it left open', () => {
  const { tracer, begin } = traced();
  const told: Attention[] = [];
  const unwatch = tracer.watch((attention) => told.push(attention));
  begin();
  const operation = tracer.begin(begin, describe);
  assert.ok(operation);
  unwatch();
  tracer.enter(operation);
  assert.deepEqual(told, ['operations']);
});

test('what is prepared counts from its start, in order of starts, and not at all where it never starts', () => {
  const { tracer, begin } = traced();
  const request = begin();
  const start = (): Operation => tracer.begin(begin, describe) as Operation;
  const [prepared, never, other] = [start(), start(), start()];
  tracer.prepare(prepared);
  tracer.prepare(never);
  tracer.startPrepared(prepared);
  for (const operation of [prepared, other]) tracer.end(operation);
  // Given up: what has not ended ends with it.
  const waited = request.exchange.trace?.waited(Number.MAX_VALUE, true);
  assert.deepEqual(waited, [other, prepared]);
});
