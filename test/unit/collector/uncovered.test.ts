/** uncoveredMs against counting millisecond by millisecond. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { uncoveredMs } from '../../../src/collector/uncovered.ts';

const stretches = fc.array(
  fc.tuple(fc.nat(40), fc.nat(20)).map(([startMs, length]) => ({ startMs, endMs: startMs + length })),
  { maxLength: 8 },
);

test('counts each moment once that is in a stretch and in no cover', () => {
  fc.assert(
    fc.property(stretches, stretches, (wanted, covers) => {
      const isIn = (list: typeof wanted, at: number): boolean =>
        list.some(({ startMs, endMs }) => startMs <= at && at < endMs);
      let expected = 0;
      for (let at = 0; at < 60; at++) if (isIn(wanted, at) && !isIn(covers, at)) expected++;
      assert.equal(uncoveredMs(wanted, covers), expected);
    }),
  );
});
