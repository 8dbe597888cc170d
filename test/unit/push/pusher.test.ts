/** The pusher against real HTTP servers that are well, slow, busy, broken or gone. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { routeFunction } from '../../../src/profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../../../src/profile/call-tree-builder.ts';
import type { PushFormat } from '../../../src/push/contract.ts';
import { pushFormatFor, pushTarget } from '../../../src/push/index.ts';
import { Pusher, type PushTiming } from '../../../src/push/pusher.ts';
import { DirectoryQueue, MemoryQueue, type PushQueue } from '../../../src/push/queue.ts';
import { retryAfter } from '../../../src/push/send.ts';
import type { Slice } from '../../../src/store/contract.ts';
import { METADATA } from '../../helpers/profiles.ts';
import { type Backend, startBackend } from '../../helpers/push-backend.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-pusher-'));
after(() => rmSync(folder, { recursive: true }));
const SOURCE = { serviceName: 'shop', run: 'run-1', pid: 7, version: '1.2.3', labels: {} };
const FAST: Partial<PushTiming> = { batchMs: 10, timeoutMs: 300, firstRetryMs: 20, longestRetryMs: 100 };

/** Says how many samples a batch has. */
const COUNTING: PushFormat = {
  format: 'counting',
  path: '/count',
  contentType: 'text/plain',
  encode: ({ tree }) => Buffer.from(String(Array.from(tree.nodes.self.samples).reduce((sum, own) => sum + own, 0))),
};

function pusherTo(
  backend: Pick<Backend, 'url'>,
  queue: PushQueue = new MemoryQueue(10_000),
  timing = FAST,
  format = COUNTING,
): Pusher {
  return new Pusher({
    target: pushTarget(backend.url, format),
    format,
    headers: { 'x-scope-orgid': 'me' },
    source: SOURCE,
    queue,
    timing,
  });
}

function slice(at: number, samples: number, ms = 10): Slice {
  const builder = new CallTreeBuilder();
  builder.addSelf(builder.child(ROOT, builder.addFunction(routeFunction('GET /'))), { samples });
  const window = { from: at, to: at + ms };
  return { ...window, tree: builder.build({ ...METADATA, window }), figures: new Map() };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    assert.ok(waited < 20_000, 'it never happened');
    await delay(10);
  }
}

async function withBackend(use: (backend: Backend) => Promise<void>): Promise<void> {
  const backend = await startBackend();
  try {
    await use(backend);
  } finally {
    await backend.close();
  }
}

test('slices are sent together once they span a batch, compressed, with the headers', () =>
  withBackend(async (backend) => {
    const pusher = pusherTo(backend, undefined, { ...FAST, batchMs: 30 });
    for (let index = 0; index < 6; index++) pusher.add(slice(1000 + 10 * index, 1));
    const [first, second] = await backend.got(2);
    assert.deepEqual([String(first?.body), String(second?.body)], ['3', '3']);
    assert.deepEqual(
      [
        first?.path,
        first?.headers['content-encoding'],
        first?.headers['content-type'],
        first?.headers['x-scope-orgid'],
        first?.headers['user-agent'],
      ],
      ['/count', 'gzip', 'text/plain', 'me', 'profiler/1.2.3'],
    );
    await until(() => pusher.status().sent === 2);
    const { queued, failures, lastError } = pusher.status();
    assert.deepEqual([queued, failures, lastError], [0, 0, null]);
    pusher.close();
  }));

test('what nothing ran in is not sent', () =>
  withBackend(async (backend) => {
    const pusher = pusherTo(backend);
    const window = { from: 0, to: 50 };
    pusher.add({ ...window, tree: new CallTreeBuilder().build({ ...METADATA, window }), figures: new Map() });
    pusher.add(slice(100, 5));
    const [first] = await backend.got(1);
    assert.equal(String(first?.body), '5');
    pusher.close();
  }));

test('a server in trouble gets the same batch again until it takes it, and nothing is lost or doubled', () =>
  withBackend(async (backend) => {
    backend.answer = { status: 503, body: 'no\u001b[31m room' };
    const pusher = pusherTo(backend);
    pusher.add(slice(0, 3));
    await backend.got(3);
    assert.match(pusher.status().lastError ?? '', /^503: no\\u\{1b\}\[31m room/);
    backend.answer = { status: 200 };
    pusher.add(slice(20, 4));
    await until(() => pusher.status().sent === 2);
    const taken = backend.pushed.map(({ body }) => String(body));
    assert.deepEqual(taken.slice(-2), ['3', '4']);
    assert.ok(taken.slice(0, -1).every((body) => body === '3'));
    pusher.close();
  }));

test('429 with Retry-After: not asked again before', () =>
  withBackend(async (backend) => {
    backend.answer = { status: 429, headers: { 'retry-after': '1' } };
    const pusher = pusherTo(backend, undefined, { ...FAST, longestRetryMs: 60_000 });
    pusher.add(slice(0, 1));
    await backend.got(1);
    const asked = performance.now();
    backend.answer = { status: 204 };
    await backend.got(2);
    // The timer's own resolution.
    assert.ok(performance.now() - asked >= 950);
    pusher.close();
  }));

test('what the server will never take is given up, and the next batch is sent', () =>
  withBackend(async (backend) => {
    backend.answer = { status: 400, body: 'bad' };
    const pusher = pusherTo(backend);
    pusher.add(slice(0, 1));
    await until(() => pusher.status().rejected === 1);
    backend.answer = { status: 200 };
    pusher.add(slice(20, 2));
    await until(() => pusher.status().sent === 1);
    assert.deepEqual(
      backend.pushed.map(({ body }) => String(body)),
      ['1', '2'],
    );
    pusher.close();
  }));

test('a server that says nothing is given up on in time, and the queue stays within its bound', () =>
  withBackend(async (backend) => {
    backend.answer = 'silent';
    const queue = new MemoryQueue(200);
    const pusher = pusherTo(backend, queue);
    for (let index = 0; index < 200; index++) {
      pusher.add(slice(index * 20, 1));
      assert.ok(queue.bytes <= 200);
    }
    await until(() => pusher.status().failures >= 2);
    assert.ok(pusher.status().dropped > 100);
    assert.match(pusher.status().lastError ?? '', /abort|timeout/i);
    pusher.close();
  }));

test('nobody listens: tries get rarer, and what is queued arrives when somebody does', async () => {
  const gone = await startBackend();
  const port = Number(new URL(gone.url).port);
  await gone.close();
  const pusher = pusherTo(gone);
  pusher.add(slice(0, 6));
  await until(() => pusher.status().failures >= 3);
  assert.match(pusher.status().lastError ?? '', /ECONNREFUSED/);
  const back = await startBackend({ port });
  const [first] = await back.got(1);
  assert.equal(String(first?.body), '6');
  pusher.close();
  await back.close();
});

test('a restart: what the process before could not send is sent first', async () => {
  const directory = join(folder, 'restart');
  const gone = await startBackend();
  await gone.close();
  const before = pusherTo(gone, new DirectoryQueue(directory, 'counting', 10_000), { ...FAST, batchMs: 60_000 });
  before.add(slice(0, 11));
  before.close();
  await withBackend(async (backend) => {
    const after = pusherTo(backend, new DirectoryQueue(directory, 'counting', 10_000));
    const [first] = await backend.got(1);
    assert.equal(String(first?.body), '11');
    await until(() => after.status().queued === 0);
    after.close();
  });
});

test('a format that throws, or a disk that is full, costs the batch and not the thread', () =>
  withBackend(async (backend) => {
    const broken: PushFormat = {
      ...COUNTING,
      encode: () => {
        throw new Error('cannot encode');
      },
    };
    const pusher = pusherTo(backend, undefined, FAST, broken);
    pusher.add(slice(0, 1));
    assert.match(pusher.status().lastError ?? '', /a batch was lost: cannot encode/);
    pusher.close();
  }));

test('the URL says where and what, unless the format does', () => {
  const target = (url: string, format?: string): string => {
    const chosen = pushFormatFor(url, format);
    return `${chosen.format} ${pushTarget(url, chosen)}`;
  };
  assert.deepEqual(
    [
      target('http://localhost:4040'),
      target('https://x.example/tenant/'),
      target('http://localhost:4318'),
      target('http://c:4317/v1development/profiles'),
      target('http://c:9999', 'otlp'),
      target('http://c:4040/push.v1.PusherService/Push?x=1'),
    ],
    [
      'pyroscope http://localhost:4040/push.v1.PusherService/Push',
      'pyroscope https://x.example/tenant/push.v1.PusherService/Push',
      'otlp http://localhost:4318/v1development/profiles',
      'otlp http://c:4317/v1development/profiles',
      'otlp http://c:9999/v1development/profiles',
      'pyroscope http://c:4040/push.v1.PusherService/Push?x=1',
    ],
  );
});

test('Retry-After is seconds or a date', () => {
  const now = Date.UTC(2030, 0, 1);
  assert.deepEqual(
    [
      retryAfter('7', now),
      retryAfter(new Date(now + 3000).toUTCString(), now),
      retryAfter('soon', now),
      retryAfter(undefined, now),
    ],
    [7000, 3000, undefined, undefined],
  );
});
