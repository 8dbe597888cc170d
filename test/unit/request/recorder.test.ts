/** RequestRecorder: the life of a request, from its first event to its row in a batch. */

import assert from 'node:assert/strict';
import { IncomingMessage, type IncomingMessage as Message } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type RecorderOptions, RequestRecorder } from '../../../src/request/recorder.ts';
import { FLAG_ABORTED, FLAG_FIRST, FLAG_OPEN, type RequestBatch } from '../../../src/request/request-batch.ts';
import { NOT_FOUND_ROUTE, RouteTable } from '../../../src/request/route-table.ts';
import { ignoredSlot, type RequestSlot } from '../../../src/request/slot.ts';
import { slotOf } from '../../../src/request/tag.ts';
import { storageCarrier } from '../../../src/sample/cpu.ts';

const SLOW = { slowMicros: 500_000, keepsQuery: false };

function recorderOf(options: Partial<RecorderOptions> = {}): RequestRecorder {
  return new RequestRecorder(storageCarrier(), new RouteTable(), {
    ignores: () => false,
    ignored: ignoredSlot(),
    lateRoute: () => null,
    slow: SLOW,
    markFirst: false,
    ...options,
  });
}

interface Exchange {
  readonly slot: RequestSlot;
  readonly request: Message;
  readonly response: object;
}

function begin(recorder: RequestRecorder, line = 'GET /users/42'): Exchange {
  const [method = '', url = ''] = line.split(' ');
  const request = new IncomingMessage(new Socket());
  const response = {};
  const slot = recorder.begin(method, url, response, request);
  assert.ok(slot);
  return { slot, request, response };
}

/** A batch with a sample of every slot that was used, at its end. */
function take(recorder: RequestRecorder, slots: readonly RequestSlot[]): RequestBatch {
  const nowMicros = Date.now() * 1000 + 1_000_000;
  return recorder.take({
    slot: Int32Array.from(slots, ({ id }) => id),
    timeMicros: Float64Array.from(slots, ({ endMicros }) => endMicros || nowMicros),
  });
}

/** `GET /users/:id` per row, with what is special about it. */
function describe(batch: RequestBatch, names: string[] = []): string[] {
  names.push(...batch.newRoutes);
  return Array.from(batch.rows.route, (route, row) => {
    const flags = batch.rows.flags[row] ?? 0;
    const notes = [flags & FLAG_FIRST && 'first', flags & FLAG_ABORTED && 'aborted', flags & FLAG_OPEN && 'open'];
    return [names[route] ?? '?', ...notes.filter(Boolean)].join(' ');
  });
}

test('an ended request that was sampled is one row with the template of its URL', () => {
  const recorder = recorderOf();
  const { slot } = begin(recorder);
  recorder.end(slot, 200, false);
  const batch = take(recorder, [slot]);
  assert.deepEqual(describe(batch), ['GET /users/:id']);
  assert.deepEqual([batch.rows.startMicros[0], batch.rows.endMicros[0]], [slot.startMicros, slot.endMicros]);
});

test('of a request that was not sampled there are figures only, once', () => {
  const recorder = recorderOf();
  recorder.end(begin(recorder).slot, 200, false);
  const { rows, figures } = recorder.take();
  assert.deepEqual([rows.slot.length, figures.ended, figures.routes.length], [0, 1, 1]);
  assert.deepEqual(recorder.take().figures, { ended: 0, routes: [] });
});

test('server errors and requests that the client gave up are errors, others are not', () => {
  const recorder = recorderOf();
  for (const status of [200, 301, 404, 499, 500, 503]) recorder.end(begin(recorder, 'GET /a').slot, status, false);
  recorder.end(begin(recorder, 'GET /a').slot, 0, true);
  const counts = recorder.take().figures.routes.map(({ requests, errors }) => [requests, errors]);
  // What is not found shares a route of its own.
  assert.deepEqual(counts, [
    [6, 3],
    [1, 0],
  ]);
});

test('the pattern that a framework reports wins, also after awaits', async () => {
  const recorder = recorderOf();
  const { slot } = begin(recorder);
  await recorder.run(
    slot,
    async () => {
      await turn();
      recorder.report('/users/:name');
    },
    undefined,
    [],
  );
  recorder.end(slot, 200, false);
  assert.deepEqual(describe(take(recorder, [slot])), ['GET /users/:name']);
});

test('a report can name its request: others that run at the time keep theirs', () => {
  const recorder = recorderOf();
  const first = begin(recorder, 'GET /a');
  const second = begin(recorder, 'GET /b');
  recorder.run(second.slot, () => recorder.report('/first', first.request), undefined, []);
  recorder.run(first.slot, () => recorder.report('/second', second.request), undefined, []);
  recorder.end(first.slot, 200, false);
  recorder.end(second.slot, 200, false);
  assert.deepEqual(describe(take(recorder, [first.slot, second.slot])), ['GET /first', 'GET /second']);
});

test('a report outside of any request, or after its end, changes nothing', () => {
  const recorder = recorderOf();
  recorder.report('/nobody');
  const { slot, request } = begin(recorder);
  recorder.end(slot, 200, false);
  recorder.run(slot, () => recorder.report('/late'), undefined, []);
  recorder.report('/late', request);
  assert.deepEqual(describe(take(recorder, [slot])), ['GET /users/:id']);
});

test('what a framework left on the request is asked for at its end, and wins over the URL', () => {
  const recorder = recorderOf({ lateRoute: (request) => (request.headers ? '/late/:pattern' : null) });
  const { slot } = begin(recorder);
  recorder.end(slot, 404, false);
  assert.deepEqual(describe(take(recorder, [slot])), ['GET /late/:pattern']);
});

test('what is not found and was not routed shares one route', () => {
  const recorder = recorderOf();
  const slots = ['/wp-login.php', '/.env', '/users/42'].map((path) => begin(recorder, `GET ${path}`).slot);
  for (const slot of slots) recorder.end(slot, 404, false);
  assert.deepEqual(describe(take(recorder, slots)), Array(3).fill(NOT_FOUND_ROUTE));
});

test('only the first request of a process is marked', () => {
  const recorder = recorderOf({ markFirst: true });
  const [a, b] = [begin(recorder, 'GET /a'), begin(recorder, 'GET /b')];
  recorder.end(b.slot, 200, false);
  recorder.end(a.slot, 200, true);
  const batch = take(recorder, [b.slot, a.slot]);
  assert.deepEqual(describe(batch), ['GET /b', 'GET /a first aborted']);
  // It ended, and counts in no figures.
  assert.deepEqual([batch.figures.ended, batch.figures.routes.length], [2, 1]);
});

test('a connection that may stay open for days is not the first request', () => {
  const recorder = recorderOf({ markFirst: true });
  const connection = recorder.begin('UPGRADE', '/chat', {}, undefined, true);
  assert.ok(connection);
  const { slot } = begin(recorder, 'GET /a');
  recorder.end(slot, 200, false);
  assert.deepEqual(describe(take(recorder, [connection, slot])).sort(), ['? open', 'GET /a first']);
});

test('a message whose socket was taken off it is not one whose connection broke', () => {
  const recorder = recorderOf();
  const { slot, request } = begin(recorder, 'GET /proxied');
  Object.assign(request, { httpVersionMajor: 1, socket: null });
  recorder.take();
  recorder.end(slot, 200, false);
  assert.deepEqual(describe(take(recorder, [slot])), ['GET /proxied']);
});

test('an ignored request runs in a context of its own and leaves no row', () => {
  const recorder = recorderOf({ ignores: (url) => url === '/health', markFirst: true });
  const { slot, request } = begin(recorder, 'GET /health');
  assert.ok(slot.id < 0);
  assert.equal(slotOf(request), slot);
  recorder.run(slot, () => recorder.report('/health'), undefined, []);
  recorder.end(slot, 200, false);
  const other = begin(recorder, 'GET /').slot;
  recorder.end(other, 200, false);
  assert.deepEqual(describe(take(recorder, [slot, other])), ['GET / first']);
});

test('a request begins once, whoever emits it again, and an ended one does not come back', () => {
  const recorder = recorderOf();
  const { slot, request, response } = begin(recorder);
  assert.equal(recorder.begin('GET', '/', response, request), undefined);
  recorder.end(slot, 200, false);
  assert.equal(recorder.begin('GET', '/', response, request), undefined);
  assert.equal(recorder.take().figures.ended, 1);
});

test('a request ends once', () => {
  const recorder = recorderOf();
  const { slot } = begin(recorder);
  recorder.end(slot, 200, false);
  recorder.end(slot, 500, true);
  assert.equal(recorder.take().figures.ended, 1);
});

test('after its end none of a request’s objects has its slot', () => {
  const recorder = recorderOf();
  const stream = {};
  const slot = recorder.begin('GET', '/', stream, undefined);
  assert.ok(slot);
  const request = new IncomingMessage(new Socket());
  const response = {};
  recorder.adopt(slot, request, response);
  assert.deepEqual([slotOf(stream), slotOf(request), slotOf(response)], [slot, slot, slot]);
  recorder.end(slot, 200, false);
  assert.deepEqual([slotOf(stream), slotOf(request), slotOf(response)], [undefined, undefined, undefined]);
});

test('host code runs with its own this and arguments; its result and its throws pass through', () => {
  const recorder = recorderOf();
  const { slot } = begin(recorder);
  const self = { factor: 2 };
  function double(this: typeof self, ...numbers: number[]): number {
    return this.factor * numbers.reduce((sum, number) => sum + number, 0);
  }
  assert.equal(recorder.run(slot, double, self, [1, 2, 3]), 12);
  const nested = (): number => recorder.run(slot, double, self, [4]);
  assert.equal(recorder.run(slot, nested, undefined, []), 8);
  const failure = new Error('the host’s own');
  const fail = (): never => {
    throw failure;
  };
  assert.throws(() => recorder.run(slot, fail, undefined, []), failure);
});

test('an open request is reported at every rotation until it ends', () => {
  const recorder = recorderOf();
  const { slot, request } = begin(recorder);
  const names: string[] = [];
  assert.deepEqual(describe(recorder.take(), names), ['? open']);
  recorder.report('/users/:id', request);
  assert.deepEqual(describe(recorder.take(), names), ['GET /users/:id open']);
  recorder.end(slot, 200, false);
  assert.deepEqual(describe(recorder.take(), names), ['GET /users/:id']);
  assert.deepEqual(describe(recorder.take(), names), []);
});

test('the last batch names what is open, and lets it go', () => {
  const recorder = recorderOf();
  const { slot, request } = begin(recorder);
  assert.equal(slotOf(request), slot);
  assert.deepEqual(describe(recorder.stop()), ['GET /users/:id open']);
  assert.equal(slotOf(request), undefined);
  recorder.end(slot, 200, false);
  assert.equal(recorder.take().figures.ended, 0);
});

test('a request that outlives a recorder does not end in the next one, whose slots have the same numbers', () => {
  const routes = new RouteTable();
  const options = { ignores: () => false, ignored: ignoredSlot(), lateRoute: () => null, slow: SLOW, markFirst: false };
  const before = new RequestRecorder(storageCarrier(), routes, options);
  const old = begin(before, 'GET /old');
  before.stop();
  const after = new RequestRecorder(storageCarrier(), routes, options);
  const current = begin(after, 'GET /new');
  assert.equal(current.slot.id, old.slot.id);
  // The server asks the recorder of the time with the slot it finds on the response: none.
  const found = slotOf(old.request);
  if (found) after.end(found, 200, false);
  // Even a slot that was kept in a closure does nothing.
  after.end(old.slot, 200, false);
  after.end(current.slot, 200, false);
  assert.equal(after.take().figures.ended, 1);
});

test('an ignored request keeps its context over recorders, with the holder of the current one', () => {
  const ignored = ignoredSlot();
  const options = { ignores: () => true, ignored, lateRoute: () => null, slow: SLOW, markFirst: false };
  const make = (): RequestRecorder => new RequestRecorder(storageCarrier(), new RouteTable(), options);
  const { slot } = begin(make());
  ignored.holder = { of: 'a sampler that is gone' };
  make();
  assert.equal(slot, ignored);
  assert.equal(slot.holder, ignored);
});

test('two hundred thousand distinct URLs become 500 routes, in a thousand slots', () => {
  const recorder = recorderOf();
  const names: string[] = [];
  for (let at = 0; at < 200_000; at++) {
    recorder.end(beginBare(recorder, `/words/${at.toString(36).replaceAll(/\d/g, 'q')}/${at}`), 200, false);
    if (recorder.pending >= 30_000) names.push(...recorder.take().newRoutes);
  }
  names.push(...recorder.take().newRoutes);
  assert.ok(names.length <= 502);
  assert.ok(recorder.counts().slots <= 1025);
});

/** Without the request object, which is what makes so many of them slow here. */
function beginBare(recorder: RequestRecorder, url: string): RequestSlot {
  const slot = recorder.begin('GET', url, {}, undefined);
  assert.ok(slot);
  return slot;
}
