/** SlotPool: who gets which slot when. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Exchange, type RequestSlot } from '../../../src/request/slot.ts';
import { SlotPool } from '../../../src/request/slot-pool.ts';

/** Where requests come slowly, and where they come faster than slots have rested. */
const RESTING = 256;
const MOST_RESTING = 1024;
/** Between two requests; a slot rests for ten milliseconds. */
const SLOW_MICROS = 50;
const FAST_MICROS = 1;

/** A pool and the clock of its requests. */
class TestPool extends SlotPool {
  nowMicros = 1;

  constructor(createHolder: (slot: RequestSlot) => object = (slot) => ({ slot })) {
    super(createHolder);
  }

  take(): RequestSlot {
    return this.acquire(this.nowMicros);
  }

  giveBack(slot: RequestSlot): void {
    this.release(slot, this.nowMicros);
  }
}

const poolOf = (): TestPool => new TestPool();

/** One request after the other, `count` times. @returns the ids of their slots. */
function serve(
  pool: TestPool,
  count: number,
  during: (slot: RequestSlot, at: number) => void = () => {},
  gapMicros = SLOW_MICROS,
): number[] {
  return Array.from({ length: count }, (_, at) => {
    pool.nowMicros += gapMicros;
    const slot = pool.take();
    during(slot, at);
    pool.giveBack(slot);
    return slot.id;
  });
}

test('a slot rests for ten milliseconds, however many requests that are, up to a thousand', () => {
  const slotsAt = (gapMicros: number): number => new Set(serve(poolOf(), 5000, () => {}, gapMicros)).size;
  assert.equal(slotsAt(SLOW_MICROS), RESTING + 1);
  assert.equal(slotsAt(20), 10_000 / 20);
  assert.equal(slotsAt(FAST_MICROS), MOST_RESTING + 1);
});

test('a slot rests while 256 others are used, and the longest rested comes first', () => {
  const ids = serve(poolOf(), 3 * (RESTING + 1));
  const round = Array.from({ length: RESTING + 1 }, (_, id) => id);
  assert.deepEqual(ids, [...round, ...round, ...round]);
});

test('slots in use at the same time are different ones', () => {
  const pool = poolOf();
  const ids = Array.from({ length: 5000 }, () => pool.take().id);
  assert.equal(new Set(ids).size, 5000);
});

test('after a burst the pool does not grow', () => {
  const pool = poolOf();
  const burst = Array.from({ length: 5000 }, () => pool.take());
  for (const slot of burst) pool.giveBack(slot);
  serve(pool, 20_000);
  assert.equal(pool.counts().created, 5000);
});

test('however many rest, the longest rested comes first', () => {
  const pool = poolOf();
  serve(pool, 1500);
  const burst = Array.from({ length: 10_000 }, () => pool.take());
  for (const slot of burst) pool.giveBack(slot);
  const ids = burst.map(({ id }) => id);
  // Before those of the burst come the ones that rested when it began.
  const later = serve(pool, 20_000);
  const from = later.indexOf(ids[0] as number);
  assert.ok(from <= RESTING + 1);
  assert.deepEqual(later.slice(from, from + ids.length - RESTING), ids.slice(0, ids.length - RESTING));
});

test('a native holder is made once per slot', () => {
  let made = 0;
  const pool = new TestPool(() => ({ holder: made++ }));
  serve(pool, 10_000);
  assert.equal(made, RESTING + 1);
});

test('a slot that something outlived never comes back', () => {
  const pool = poolOf();
  const ids = serve(pool, 5 * RESTING, (slot, at) => {
    if (at === 3) slot.outlived = true;
  });
  assert.equal(ids.filter((id) => id === ids[3]).length, 1);
  assert.deepEqual(pool.counts(), { created: RESTING + 2, retired: 1 });
});

test('a slot is retired while at rest as well', () => {
  const pool = poolOf();
  const [first] = serve(pool, RESTING + 1);
  const resting: RequestSlot[] = [];
  serve(pool, RESTING, (slot) => resting.push(slot));
  assert.equal(first, resting[0]?.id);
  for (const slot of resting) slot.outlived = true;
  const later = serve(pool, 3 * RESTING);
  assert.equal(later.filter((id) => resting.some((slot) => slot.id === id)).length, 0);
  assert.equal(pool.counts().retired, RESTING);
});

test('slots that are told by id to have been outlived are retired, unknown ids are no matter', () => {
  const pool = poolOf();
  const ids = serve(pool, 5);
  for (const id of [ids[3] as number, 1e6, -1]) pool.outlived(id);
  assert.ok(!serve(pool, 5 * RESTING).includes(ids[3] as number));
  assert.equal(pool.counts().retired, 1);
});

test('open slots are those with an open request', () => {
  const pool = poolOf();
  const slots = Array.from({ length: 3 }, () => pool.take());
  for (const [at, slot] of slots.entries()) slot.begin(1000 + at, new Exchange('GET', '/'));
  const [first, second, third] = slots as [RequestSlot, RequestSlot, RequestSlot];
  second.end(2000);
  pool.giveBack(second);
  assert.deepEqual(pool.open(), [first, third]);
});
