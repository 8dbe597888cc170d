/** The agent's clock: as fine as the monotonic clock, on the date of the system clock. */

import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { alignClock, epochMicros } from '../../src/clock.ts';

afterEach(() => {
  mock.restoreAll();
  alignClock();
});

/** Stops the system clock at an offset from where the agent's clock is. */
function setSystemClock(aheadMs: number): void {
  const atMs = epochMicros() / 1000 + aheadMs;
  mock.method(Date, 'now', () => atMs);
}

test('it tells the time, and never runs backwards', () => {
  assert.ok(Math.abs(epochMicros() / 1000 - Date.now()) < 50);
  let last = 0;
  for (let at = 0; at < 1000; at++) {
    const now = epochMicros();
    assert.ok(now >= last);
    last = now;
  }
});

test('a system clock that was set is followed at the next rotation, in either direction', () => {
  for (const aheadMs of [3_600_000, -3_600_000]) {
    const before = epochMicros();
    setSystemClock(aheadMs);
    assert.ok(Math.abs(epochMicros() - before) < 1e6);
    alignClock();
    assert.ok(Math.abs(epochMicros() / 1000 - Date.now()) < 50);
    mock.restoreAll();
    alignClock();
  }
});

test('what may be the rounding of the system clock is not followed: durations would jump', () => {
  setSystemClock(-1);
  const before = epochMicros();
  alignClock();
  assert.ok(epochMicros() >= before);
});
