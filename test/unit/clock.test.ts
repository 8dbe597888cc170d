/** The agent's clock: as fine as the monotonic clock, on the date of the system clock. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { alignClock, epochMicros } from '../../src/clock.ts';

afterEach(() => alignClock());

/** What a system clock says that is at an offset from where the agent's clock is. */
function systemClock(aheadMs: number): number {
  return epochMicros() / 1000 + aheadMs;
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
    const systemMs = systemClock(aheadMs);
    alignClock(systemMs);
    assert.ok(Math.abs(epochMicros() / 1000 - systemMs) < 50);
    alignClock();
    assert.ok(Math.abs(epochMicros() / 1000 - Date.now()) < 50);
  }
});

test('what may be the rounding of the system clock is not followed: durations would jump', () => {
  const before = epochMicros();
  alignClock(systemClock(-1));
  assert.ok(epochMicros() >= before);
});
