/** RotationTimer: when the sampler rotates. */

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { RotationTimer, type Time } from '../../../src/host/rotation.ts';

const CHECK_MS = 500;
const PERIOD_MS = 1000;

let now = 0;
let timers = new Set<() => void>();
beforeEach(() => {
  now = 0;
  timers = new Set();
});

const time: Time = {
  nowMs: () => now,
  every(periodMs, body) {
    assert.equal(periodMs, CHECK_MS);
    timers.add(body);
    return () => timers.delete(body);
  },
};

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += CHECK_MS) {
    now += CHECK_MS;
    for (const body of timers) body();
  }
}

function timerOf(isFull: () => boolean = () => false): { timer: RotationTimer; rotations: number[] } {
  const rotations: number[] = [];
  const timer = new RotationTimer(
    isFull,
    () => {
      rotations.push(now);
      timer.rotated();
    },
    time,
  );
  return { timer, rotations };
}

test('it rotates at even intervals', () => {
  const { timer, rotations } = timerOf();
  timer.start();
  pass(4 * PERIOD_MS);
  assert.deepEqual(
    rotations,
    [1, 2, 3, 4].map((turn) => turn * PERIOD_MS),
  );
});

test('it does not before it is started, nor after it is stopped', () => {
  const { timer, rotations } = timerOf();
  pass(2 * PERIOD_MS);
  timer.start();
  timer.stop();
  timer.stop();
  pass(2 * PERIOD_MS);
  assert.deepEqual(rotations, []);
});

test('it rotates early when many requests have ended', () => {
  let ended = 0;
  const { timer, rotations } = timerOf(() => ended > 0);
  timer.start();
  pass(CHECK_MS);
  ended = 1;
  pass(CHECK_MS);
  ended = 0;
  pass(CHECK_MS);
  assert.deepEqual(rotations, [2 * CHECK_MS]);
});

test('a rotation that someone asked for counts', () => {
  const { timer, rotations } = timerOf();
  timer.start();
  pass(500);
  timer.rotated();
  pass(500);
  assert.deepEqual(rotations, []);
  pass(500);
  assert.deepEqual(rotations, [1500]);
});

test('late timers, and rotations that take a while, make no period longer', () => {
  const rotations: number[] = [];
  const timer = new RotationTimer(
    () => false,
    () => {
      rotations.push(now);
      now += 20;
      timer.rotated();
      now -= 20;
    },
    time,
  );
  timer.start();
  now += 3;
  pass(2 * PERIOD_MS);
  assert.deepEqual(rotations, [PERIOD_MS + 3, 2 * PERIOD_MS + 3]);
});

test('starting twice is starting once', () => {
  const { timer, rotations } = timerOf();
  timer.start();
  timer.start();
  pass(PERIOD_MS);
  assert.deepEqual(rotations, [PERIOD_MS]);
});
