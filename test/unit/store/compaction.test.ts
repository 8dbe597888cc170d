/** Which segments become one, and which go. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { planCompaction } from '../../../src/store/compaction.ts';
import { expiredFiles } from '../../../src/store/retention.ts';
import {
  parseSegmentName,
  type SegmentName,
  segmentName,
  withoutCovered,
  writerName,
} from '../../../src/store/segment-name.ts';

const NOW = 1_764_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WRITER = writerName(4711, 1_763_888_400_000, 0);

function segment(first: number, from: number, to: number, last = first): SegmentName {
  return segmentName({ writer: WRITER, generation: 0, first, last, from, to, requests: 1 });
}

/** One after the other, each so long, until now. */
function history(lengthMs: number, stepMs: number): SegmentName[] {
  const count = Math.floor(lengthMs / stepMs);
  return Array.from({ length: count }, (_segment, at) => {
    const from = NOW - lengthMs + at * stepMs;
    return segment(at, from, from + stepMs);
  });
}

const nothing = (): boolean => false;

/** What is there after every group has become one file, as often as there is something to do. */
function compacted(segments: readonly SegmentName[], now: number): SegmentName[] {
  let current = [...segments];
  for (;;) {
    const groups = planCompaction(current, now, nothing);
    if (groups.length === 0) return current;
    for (const group of groups) {
      const [first, last] = [group[0] as SegmentName, group.at(-1) as SegmentName];
      const merged = segment(first.first, first.from, last.to, last.last);
      current = withoutCovered([...current, merged]);
    }
  }
}

test('a name says everything, and only our names do', () => {
  const named = segmentName({
    writer: WRITER,
    generation: 2,
    first: 12,
    last: 35,
    from: 1000.4,
    to: 2000.6,
    requests: 480,
  });
  assert.equal(named.name, `${WRITER}_2_12-35_1000-2001_480.pb.gz`);
  assert.deepEqual(parseSegmentName(named.name), named);
  for (const name of ['a.pb.gz', `${named.name}.tmp`, `x${named.name}`, named.name.replace('12-35', '35-12'), '.', ''])
    assert.equal(parseSegmentName(name), null, name);
});

test('the youngest stay as they were written', () => {
  assert.deepEqual(planCompaction(history(MINUTE, 2500), NOW, nothing), []);
});

test('a day becomes few files, the older the coarser, and every segment is in exactly one', () => {
  const all = history(24 * HOUR, 10_000);
  const few = compacted(all, NOW);
  // A minute as written, then quarters of a minute, minutes, tens of minutes, hours, and six hours: 24 + 36 + 20 + 9 + 10 + 2.
  assert.ok(few.length <= 101, `${few.length} files`);
  assert.deepEqual([few[0]?.first, few.at(-1)?.last], [0, all.length - 1]);
  for (const [at, { first }] of few.entries()) assert.equal(first, at === 0 ? 0 : (few[at - 1]?.last ?? 0) + 1);
  const lengths = few.map(({ from, to }) => to - from);
  assert.ok((lengths[0] ?? 0) >= HOUR && (lengths.at(-1) ?? 0) <= 10_000);
});

test('nothing is merged across a damaged segment, nor while a bucket may still grow', () => {
  const all = history(10 * MINUTE, 10_000);
  const damaged = all[5] as SegmentName;
  const groups = planCompaction(all, NOW, (each) => each === damaged);
  assert.ok(groups.length > 5);
  for (const group of groups) {
    assert.ok(!group.includes(damaged));
    assert.ok((group[0]?.first ?? 0) > damaged.first || (group.at(-1)?.last ?? 0) < damaged.first);
    assert.ok((group.at(-1)?.to ?? 0) <= NOW - MINUTE);
  }
});

test('segments of a clock that was ahead wait until it is that late', () => {
  const ahead = [segment(0, NOW + HOUR, NOW + HOUR + 10), segment(1, NOW + HOUR + 10, NOW + HOUR + 20)];
  assert.deepEqual(planCompaction(ahead, NOW, nothing), []);
  assert.equal(planCompaction(ahead, NOW + 5 * HOUR, nothing).length, 1);
});

test('property: compaction ends, and never loses or doubles a segment, wherever the clock jumps', () => {
  const step = fc.record({ jumpMs: fc.integer({ min: -3 * HOUR, max: 3 * HOUR }), lengthMs: fc.nat(MINUTE) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let from = NOW - 48 * HOUR;
      const segments = steps.map(({ jumpMs, lengthMs }, at) => {
        from += jumpMs + lengthMs;
        return segment(at, from, from + lengthMs);
      });
      const few = compacted(segments, NOW);
      const covered = few.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
      assert.deepEqual(
        covered,
        segments.map(({ first }) => first),
      );
    }),
  );
});

test('between renaming and removing nothing counts twice', () => {
  const [a, b, c] = [segment(0, 0, 1), segment(1, 1, 2), segment(2, 2, 3)];
  const merged = segment(0, 0, 2, 1);
  assert.deepEqual(withoutCovered([b, c, merged, a]), [merged, c]);
});

const file = (to: number, bytes: number): { path: string; to: number; bytes: number } => ({
  path: String(to),
  to,
  bytes,
});

test('what is too old goes, then the oldest until the rest fits', () => {
  const kept = [file(NOW - 10, 40), file(NOW - 5000, 40), file(NOW - 200, 40), file(NOW - 100, 40)];
  const gone = (ageMs: number, bytes: number, isSteady = true): string[] =>
    expiredFiles(kept, { ageMs, bytes }, NOW, isSteady).map(({ path }) => path);
  assert.deepEqual(gone(1e9, 1e9), []);
  assert.deepEqual(gone(1000, 1e9), [String(NOW - 5000)]);
  assert.deepEqual(gone(1e9, 100), [String(NOW - 5000), String(NOW - 200)]);
  assert.deepEqual(gone(1000, 1e9, false), [], 'the clock was set a moment ago');
  assert.deepEqual(gone(1e9, 10), kept.map(({ path }) => path).sort());
});
