/** SlowRequests: what is noted of requests that took long, bounded by number and by length. */

import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import test from 'node:test';
import { Exchange, RequestSlot } from '../../../src/request/slot.ts';
import { SlowRequests } from '../../../src/request/slow-requests.ts';

function ended(micros: number, url = '/a', endsOn: object = {}): RequestSlot {
  const slot = new RequestSlot(7);
  slot.begin(1_000_000, new Exchange('GET', url, endsOn));
  slot.end(1_000_000 + micros);
  return slot;
}

function noted(slots: readonly RequestSlot[], keepsQuery = false): readonly { url: string; endMicros: number }[] {
  const slow = new SlowRequests({ slowMicros: 1000, keepsQuery });
  for (const slot of slots) slow.add(slot, 3, 200, 0);
  return slow.take();
}

test('notes what took at least so long, once', () => {
  const slow = new SlowRequests({ slowMicros: 1000, keepsQuery: false });
  slow.add(ended(999), 3, 200, 0);
  slow.add(ended(1000), 3, 503, 2);
  assert.deepEqual(slow.take(), [
    {
      slot: 7,
      startMicros: 1_000_000,
      endMicros: 1_001_000,
      route: 3,
      method: 'GET',
      url: '/a',
      status: 503,
      flags: 2,
    },
  ]);
  assert.deepEqual(slow.take(), []);
});

test('leaves queries and fragments out unless they are wanted, and cuts long URLs', () => {
  assert.equal(noted([ended(2000, '/a?token=1#x')])[0]?.url, '/a');
  assert.equal(noted([ended(2000, '/a#x')])[0]?.url, '/a');
  assert.equal(noted([ended(2000, '/a?token=1')], true)[0]?.url, '/a?token=1');
  assert.equal(noted([ended(2000, `/${'a'.repeat(10_000)}`)])[0]?.url.length, 2048);
});

test('of more than a hundred, the slowest are noted', () => {
  const slots = Array.from({ length: 150 }, (_, at) => ended(2000 + ((at * 7) % 150)));
  const ends = noted(slots).map(({ endMicros }) => endMicros - 1_000_000);
  assert.equal(ends.length, 100);
  assert.equal(Math.min(...ends), 2050);
});

test('an upgraded connection is not slow', () => {
  assert.deepEqual(noted([ended(2000, '/chat', new Socket())]), []);
});
