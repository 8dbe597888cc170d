/** boundCallback: a callback in the request that gave it, while that is open. */

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import test from 'node:test';
import { boundCallback } from '../../../src/request/bound-callback.ts';
import { RequestRecorder } from '../../../src/request/recorder.ts';
import { RouteTable } from '../../../src/request/route-table.ts';
import { Exchange, ignoredSlot, type RequestSlot } from '../../../src/request/slot.ts';
import { storageCarrier } from '../../../src/sample/cpu.ts';
import { captureStack } from '../../../src/wait/call-stack.ts';
import { logicalStack } from '../../../src/wait/logical-stack.ts';

const OWN = new URL('../../../src/', import.meta.url).href;

function newRecorder(): RequestRecorder {
  return new RequestRecorder(storageCarrier(), new RouteTable(), {
    ignores: (url) => url === '/ignored',
    ignored: ignoredSlot(),
    lateRoute: () => null,
    markFirst: false,
    slow: { slowMicros: 1e9, keepsQuery: false },
  });
}

function begin(recorder: RequestRecorder, url: string): RequestSlot {
  const slot = recorder.begin('GET', url, {}, undefined);
  assert.ok(slot);
  return slot;
}

test('it runs in the request that gave it, with this, arguments, result and throw of its own', () => {
  const recorder = newRecorder();
  const [first, second] = [begin(recorder, '/first'), begin(recorder, '/second')];
  const self = {};
  const seen: unknown[] = [];
  const bound = recorder.run(
    first,
    () =>
      boundCallback(recorder, function callback(this: unknown, ...args: unknown[]) {
        seen.push(recorder.current(), this, args);
        if (args[0]) throw new RangeError('its own');
        return 'answer';
      } as (this: unknown, ...args: unknown[]) => string),
    undefined,
    [],
  );
  const calledBack = (...args: unknown[]): string => recorder.run(second, () => bound.apply(self, args), undefined, []);
  assert.equal(calledBack(null, 'rows'), 'answer');
  assert.deepEqual(seen, [first, self, [null, 'rows']]);
  assert.equal(seen[1], self);
  assert.throws(() => calledBack(new Error('no rows')), RangeError);
});

test('when the request has ended, or another one has its slot, the callback is as it is', () => {
  const recorder = newRecorder();
  const slot = begin(recorder, '/');
  const bound = recorder.run(slot, () => boundCallback(recorder, () => recorder.current()), undefined, []);
  recorder.end(slot, 200, false);
  assert.equal(bound(), undefined);
  slot.begin(slot.startMicros + 5, new Exchange('GET', '/another'));
  assert.equal(bound(), undefined);
});

test('outside of requests, and in ignored ones, it is the callback itself', () => {
  const recorder = newRecorder();
  const callback = (): void => {};
  assert.equal(boundCallback(recorder, callback), callback);
  const ignored = begin(recorder, '/ignored');
  assert.equal(
    recorder.run(ignored, () => boundCallback(recorder, callback), undefined, []),
    callback,
  );
});

test('the host’s AsyncLocalStorage is what it is where the library calls', () => {
  const recorder = newRecorder();
  const storage = new AsyncLocalStorage<string>();
  const slot = begin(recorder, '/');
  const bound = storage.run('asked', () =>
    recorder.run(slot, () => boundCallback(recorder, () => storage.getStore()), undefined, []),
  );
  assert.equal(
    storage.run('answered', () => bound()),
    'answered',
  );
});

test('in the stack of an operation the callback is the outermost function, and Node.js’s own event has called it', () => {
  const recorder = newRecorder();
  const slot = begin(recorder, '/');
  const bound = recorder.run(
    slot,
    () =>
      boundCallback(recorder, function render() {
        function query(): ReturnType<typeof logicalStack> {
          return logicalStack(captureStack(query), (script) => script.startsWith(OWN));
        }
        return query();
      }),
    undefined,
    [],
  );
  function parseAnswer(): ReturnType<typeof logicalStack> {
    return bound();
  }
  const { frames, isRooted } = parseAnswer();
  assert.deepEqual([frames.map(({ name }) => name), isRooted], [['render'], true]);
});
