/** Taking stacks leaves the host's Error as it was. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { captureStack, STACK_DEPTH } from '../../../src/wait/call-stack.ts';

const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor;

afterEach(() => {
  Object.defineProperty(Error, 'stackTraceLimit', limit);
  delete (Error as Partial<ErrorConstructor>).prepareStackTrace;
});

function take(): (string | null)[] {
  return captureStack(take).map((callSite) => callSite.getFunctionName());
}

test('the caller comes first, its awaiting callers follow', async () => {
  async function inner(): Promise<(string | null)[]> {
    await turn();
    return take();
  }
  async function outer(): Promise<(string | null)[]> {
    return await inner();
  }
  const names = await outer();
  assert.equal(names[0], 'inner');
  assert.ok(names.indexOf('outer') > 0);
});

test('a host’s own prepareStackTrace and limit neither are called nor change', () => {
  let calls = 0;
  const own = (): string => {
    calls++;
    return 'own';
  };
  Error.prepareStackTrace = own;
  Error.stackTraceLimit = 3;
  assert.ok(take().length > 3);
  assert.deepEqual([Error.prepareStackTrace, Error.stackTraceLimit, calls], [own, 3, 0]);
  assert.equal(new Error('x').stack, 'own');
});

test('a limit that the host has deleted stays deleted', () => {
  delete (Error as Partial<ErrorConstructor>).stackTraceLimit;
  assert.ok(take().length > 0);
  assert.equal('stackTraceLimit' in Error, false);
  assert.equal(Object.hasOwn(Error, 'prepareStackTrace'), false);
});

test('deep recursion is cut', () => {
  const recurse = (depth: number): number => (depth === 0 ? take().length : recurse(depth - 1));
  assert.equal(recurse(5000), STACK_DEPTH);
});
