/** HostRequests: questions to a host's thread that may be busy, or waiting for us. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { HostRequests } from '../../../src/collector/host-requests.ts';
import type { FromCollector } from '../../../src/collector/protocol.ts';

const PATIENCE_MS = 3000;

function requests(): { host: HostRequests; posted: FromCollector[] } {
  const posted: FromCollector[] = [];
  return { host: new HostRequests((message) => posted.push(message)), posted };
}

/** Whether a promise has been settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = {};
  return (await Promise.race([promise, Promise.resolve().then(() => pending)])) !== pending;
}

test('an answer reaches the question it belongs to', async () => {
  const { host, posted } = requests();
  const a = host.sourceMap('/app/a.ts');
  const b = host.sourceMap('/app/b.ts');
  assert.deepEqual(
    posted.map((message) => 'file' in message && message.file),
    ['/app/a.ts', '/app/b.ts'],
  );
  const [first, second] = posted.map((message) => ('id' in message ? message.id : 0));
  host.resolveSourceMap(second ?? 0, '{}');
  host.resolveSourceMap(first ?? 0, null);
  assert.deepEqual([await a, await b], [null, '{}']);
});

test('a rotation is over when its segment has been taken in', async () => {
  const { host, posted } = requests();
  const rotation = host.rotate();
  assert.deepEqual(posted, [{ type: 'rotate', id: 1 }]);
  assert.equal(await isSettled(rotation), false);
  host.resolveRotation(1);
  await rotation;
});

test('switching recording is a question as well', async () => {
  const { host, posted } = requests();
  const switched = host.setRecording(false);
  assert.deepEqual(posted, [{ type: 'recording', on: false, id: 1 }]);
  host.resolveRotation(1);
  await switched;
});

test('a host that does not answer is not waited for without end', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { host } = requests();
    const rotation = host.rotate();
    const map = host.sourceMap('/app/a.ts');
    mock.timers.tick(PATIENCE_MS - 1);
    assert.equal(await isSettled(map), false);
    mock.timers.tick(1);
    await rotation;
    assert.equal(await map, undefined);
    // Late answers, and answers to nothing, do no harm.
    host.resolveRotation(1);
    host.resolveSourceMap(2, '{}');
    host.resolveSourceMap(99, '{}');
  } finally {
    mock.timers.reset();
  }
});

test('once the host waits for us it is not asked any more, and open questions are settled', async () => {
  const { host, posted } = requests();
  const open = [host.rotate(), host.sourceMap('/app/a.ts')];
  host.close();
  assert.deepEqual(await Promise.all(open), [undefined, undefined]);
  assert.equal(await host.sourceMap('/app/b.ts'), undefined);
  await host.rotate();
  assert.equal(posted.length, 2);
});
