import assert from 'node:assert/strict';
import test from 'node:test';
import { type DriverFollower, DriverSeam } from '../../../src/wait/driver.ts';
import { driverHooks } from '../../../src/wait/driver-hooks.ts';
import { redisLabel } from '../../../src/wait/redis-label.ts';
import { drivers } from '../../../src/wait/sources/drivers.ts';
import { Operation } from '../../../src/wait/trace.ts';

const follower: DriverFollower = {
  isTracing: true,
  begin: () => undefined,
  run: (_driver, body) => body(),
  prepare: () => {},
  startPrepared: () => {},
  end: endAt1,
  enter: endAt1,
  left: () => {},
  bind: (callback) => callback,
};

function endAt1(operation: Operation): void {
  operation.endMicros = 1;
}

function followedSeam(): DriverSeam {
  const seam = new DriverSeam();
  seam.follower = follower;
  return seam;
}

test('a method is wrapped once, where it is inherited from, and looks as before', () => {
  const seam = new DriverSeam();
  class Base {
    query(_text: string, _values: unknown): string {
      return 'asked';
    }
  }
  class Client extends Base {}
  let calls = 0;
  const patch = (): void =>
    seam.patchOnce(
      Client.prototype,
      'query',
      (original: (this: unknown, ...args: unknown[]) => unknown) =>
        function queryWithWait(this: unknown, ...args: unknown[]) {
          calls++;
          return Reflect.apply(original, this, args);
        },
    );
  patch();
  const ours = Base.prototype.query;
  // The application's own patch on top.
  Base.prototype.query = function queryOfHost(...args) {
    return Reflect.apply(ours, this, args);
  };
  patch();
  assert.equal(new Client().query('a', []), 'asked');
  assert.deepEqual([calls, ours.name, ours.length, Object.keys(Base.prototype)], [1, 'query', 2, []]);
});

test('a driver of another shape is left alone, and said to be so', () => {
  for (const driver of drivers) {
    const seam = new DriverSeam();
    const [hook] = driverHooks([driver], seam);
    const module = { name: driver.modules[0] ?? '', version: '99.0.0', basedir: undefined };
    assert.throws(() => hook?.loaded({}, module));
  }
  const seam = new DriverSeam();
  driverHooks(drivers, seam)[0]?.failed('it has no query');
  assert.deepEqual(seam.problems, ['waits of pg are not known: it has no query']);
});

test('a promise that ends an operation is of its class, settles alike, and leaves a rejection unhandled', async () => {
  class HostPromise<Value> extends Promise<Value> {}
  const operation = new Operation(0, 0);
  const seam = followedSeam();
  const resolved = seam.endingPromise(operation, HostPromise.resolve(7));
  assert.ok(resolved instanceof HostPromise);
  assert.equal(operation.endMicros, 0);
  assert.equal(await resolved, 7);
  assert.equal(operation.endMicros, 1);
  const error = new Error('no');
  await assert.rejects(seam.endingPromise(operation, HostPromise.reject(error)), error);
});

test('a callback that ends an operation keeps its receiver, arguments, result and errors', () => {
  const seam = followedSeam();
  const operation = new Operation(0, 0);
  const receiver = {};
  const callback = seam.endingCallback(operation, function done(this: object, ...args: number[]) {
    assert.equal(operation.endMicros, 1);
    if (args.length === 0) throw new RangeError('none');
    return [this, ...args];
  } as never) as (...args: number[]) => unknown[];
  assert.deepEqual(Reflect.apply(callback, receiver, [1, 2]), [receiver, 1, 2]);
  assert.throws(() => callback(), RangeError);
});

test('a Redis command is called by its name, and by nothing that may be data', () => {
  assert.deepEqual(
    ['get', 'FT.SEARCH', Buffer.from('hgetall'), 'a key with spaces', 'x'.repeat(200), undefined, 7].map(redisLabel),
    ['GET', 'FT.SEARCH', 'HGETALL', '(command)', '(command)', '(command)', '(command)'],
  );
});
