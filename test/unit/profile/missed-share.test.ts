/** missedShare: late samples are told of where they change the figures, and not by chance. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missedShare } from '../../../src/profile/missed-share.ts';

function of(busy: number, missedSamples: number, idleSamples = 1000): number {
  return missedShare({ samples: busy + idleSamples, idleSamples, missedSamples });
}

test('a share of the samples that should have shown work', () => {
  assert.equal(of(800, 200), 0.2);
  assert.equal(of(950, 50), 0.05);
});

test('few samples, or few of many, are nothing to tell', () => {
  assert.equal(of(100, 90), 0);
  assert.equal(of(1000, 40), 0);
  assert.equal(of(0, 0), 0);
});
