/** Timeline: which samples lie in a stretch of time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from '../../../src/collector/timeline.ts';

const FRAMES = { parent: [-1], shown: [null] };

function timelineOf(...segments: (readonly number[])[]): Timeline {
  const timeline = new Timeline();
  for (const times of segments) addTo(timeline, times);
  return timeline;
}

function addTo(timeline: Timeline, times: readonly number[]): void {
  const sampleAt = (timeMicros: number) => ({
    slot: 1,
    timeMicros,
    node: 0,
    cpuNs: 0,
    wallNs: 0,
    requestMicros: 0,
    route: 0,
  });
  timeline.add(times.map(sampleAt), FRAMES);
}

const timesIn = (timeline: Timeline, from: number, to: number): number[] =>
  timeline.between(from, to).map(({ timeMicros }) => timeMicros);

test('the samples of a stretch, its ends included, over as many segments as it takes', () => {
  const timeline = timelineOf([10, 30, 20], [40, 50], [60], [70, 80]);
  assert.deepEqual(timesIn(timeline, 20, 70), [20, 30, 40, 50, 60, 70]);
  assert.deepEqual(timesIn(timeline, 0, 1000), [10, 20, 30, 40, 50, 60, 70, 80]);
  assert.deepEqual(timesIn(timeline, 51, 59), []);
  assert.deepEqual(timesIn(timeline, 90, 100), []);
  assert.deepEqual(timesIn(timeline, 45, 45), []);
  assert.deepEqual(timesIn(timeline, 50, 50), [50]);
});

test('every stretch has what a look at all samples finds', () => {
  const all = Array.from({ length: 60 }, (_, at) => 10 * at + (at % 7));
  const timeline = timelineOf(all.slice(0, 7), all.slice(7, 8), all.slice(8, 40), all.slice(40));
  for (let from = -5; from < 620; from += 9)
    for (let to = from; to < 640; to += 31) {
      assert.deepEqual(
        timesIn(timeline, from, to),
        all.filter((time) => time >= from && time <= to),
      );
      assert.equal(
        timeline.next(to)?.timeMicros,
        all.find((time) => time > to),
      );
    }
});

test('nothing is left of what was before the clock was set back', () => {
  const timeline = timelineOf([100, 110], [120]);
  addTo(timeline, [50, 60]);
  assert.deepEqual(timesIn(timeline, 0, 1000), [50, 60]);
  addTo(timeline, [70]);
  assert.deepEqual(timesIn(timeline, 0, 1000), [50, 60, 70]);
});
