import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import test from 'node:test';
import { AsyncCallCounter, type AsyncCalls } from '../../../src/capture/async-calls.ts';

async function awaitsTwice(): Promise<void> {
  await null;
  await null;
}
const returnsAtOnce = async (): Promise<number> => 1;

/** @returns the calls counted in this file, in the order of their places. */
function callsHere({ file, line, calls }: AsyncCalls): number[] {
  return file
    .map((name, at) => ({ name, line: line[at] ?? 0, calls: calls[at] ?? 0 }))
    .filter(({ name }) => name.includes('async-calls.test'))
    .sort((a, b) => a.line - b.line)
    .map((place) => place.calls);
}

async function countCalls(): Promise<AsyncCalls> {
  const counter = new AsyncCallCounter((error) => assert.fail(String(error)));
  counter.start();
  const running: unknown[] = [];
  for (let i = 0; i < 5; i++) running.push(awaitsTwice());
  for (let i = 0; i < 3; i++) running.push(returnsAtOnce());
  // Nothing but the two calls makes promises of its own here.
  const counted = counter.stop();
  await Promise.all(running);
  return counted;
}

test('each call of an async function counts once, whatever it awaits', async () => {
  assert.deepEqual(callsHere(await countCalls()), [5, 3]);
});

test('beside async hooks of the program it counts the same', async () => {
  const hook = createHook({ init() {} }).enable();
  try {
    assert.deepEqual(callsHere(await countCalls()), [5, 3]);
  } finally {
    hook.disable();
  }
});

test("the program's settings for stack traces are as before, and an error of ours ends the counting only", async () => {
  const { stackTraceLimit } = Error;
  const prepare = (): string => 'prepared';
  Error.prepareStackTrace = prepare;
  try {
    await countCalls();
    assert.equal(Error.prepareStackTrace, prepare);
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  } finally {
    Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
  const errors: unknown[] = [];
  const counter = new AsyncCallCounter((error) => errors.push(error));
  counter.start();
  Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: true });
  try {
    await returnsAtOnce();
    await returnsAtOnce();
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', { value: stackTraceLimit, writable: true, configurable: true });
  }
  assert.equal(errors.length, 1);
  assert.equal(counter.stop().complete, false);
});
