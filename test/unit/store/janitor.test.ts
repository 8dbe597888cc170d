/** Clearing away: compaction that may end at any step, what the dead leave, bounds on age and size. */

import assert from 'node:assert/strict';
import fs, { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { factsOf } from '../../../bench/store/stores.ts';
import type { Retention } from '../../../src/config/options.ts';
import { type Files, realFiles } from '../../../src/store/files.ts';
import { Janitor } from '../../../src/store/janitor.ts';
import { type LocatedRun, locateRun } from '../../../src/store/locate-run.ts';
import { LOCK_FILE, tryLock } from '../../../src/store/lock.ts';
import { RunReader } from '../../../src/store/run-reader.ts';
import { encodeSegment } from '../../../src/store/segment-file.ts';
import { segmentName, writerName } from '../../../src/store/segment-name.ts';
import { SegmentReader } from '../../../src/store/segment-reader.ts';
import { samplesIn } from '../collector/trees.ts';
import { secondOf } from './slices-of.ts';

const root = mkdtempSync(join(tmpdir(), 'profiler-janitor-'));
after(() => rmSync(root, { recursive: true, force: true }));
const WEEK: Retention = { ageMs: 7 * 86_400_000, bytes: 1 << 28 };
/** The beginning of a minute, an hour ago. */
const OLD = Math.floor((Date.now() - 3_600_000) / 600_000) * 600_000;
let folders = 0;

function newRun(): { base: string; located: LocatedRun } {
  const base = join(root, String(folders++));
  fs.mkdirSync(base, { mode: 0o700 });
  return { base, located: locateRun(realFiles, base, { ...factsOf('janitor'), newRun: `run-${folders}` }) };
}

/** A run of a process that is no more. */
function deadRun(base: string, newRun: string): LocatedRun {
  return locateRun(realFiles, base, { ...factsOf('janitor'), pid: 4_000_000 + folders++, newRun });
}

/** Segments of one second each, one sample and one request in each. */
function fill({ folder }: LocatedRun, writer: string, seconds: number, from = OLD): void {
  for (let at = 0; at < seconds; at++) {
    const slice = secondOf(from + at * 1000, 1);
    const { name } = segmentName({
      writer,
      generation: 0,
      first: at,
      last: at,
      from: slice.from,
      to: slice.to,
      requests: 1,
    });
    writeFileSync(join(folder.path, name), encodeSegment(slice, 1));
  }
}

function janitorOf(base: string, located: LocatedRun, files: Files = realFiles, retention = WEEK): Janitor {
  return new Janitor({ ...located, files, base, retention, reader: new SegmentReader(files) });
}

const segmentsIn = ({ folder }: LocatedRun): string[] =>
  readdirSync(folder.path).filter((name) => name.endsWith('.pb.gz'));

async function samplesOf({ folder, id }: LocatedRun): Promise<number> {
  return samplesIn((await new RunReader(new SegmentReader(realFiles)).sum(folder, id, {}, () => null)).tree);
}

test('a writer merges its own old segments', async () => {
  const { base, located } = newRun();
  fill(located, located.writer, 60);
  const janitor = janitorOf(base, located);
  await janitor.round();
  assert.deepEqual([segmentsIn(located).length, await samplesOf(located), janitor.problems], [1, 60, []]);
});

test('an end at any step of it loses nothing and doubles nothing, and the next round completes it', async () => {
  let steps = Number.POSITIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    const { base, located } = newRun();
    fill(located, located.writer, 5);
    let calls = 0;
    const files = new Proxy(fs as Files, {
      get: (target, name: keyof Files) => {
        const operation = target[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]): unknown => {
          if (calls++ < step) return operation(...args);
          throw Object.assign(new Error('dead'), { code: 'EIO' });
        };
      },
    });
    await janitorOf(base, located, files).round();
    if (calls < step) steps = step;
    assert.equal(await samplesOf(located), 5, `step ${step}`);
    // Locks of the dead are the next one's.
    await janitorOf(base, located).round();
    assert.equal(await samplesOf(located), 5, `step ${step}, after another round`);
    assert.equal(segmentsIn(located).length, 1, `step ${step}`);
  }
  assert.ok(steps > 20 && Number.isFinite(steps));
});

test("a dead process's segments are merged by whoever is there, a living one's are not", async () => {
  const { base, located } = newRun();
  const dead = writerName(999_999, OLD, 0);
  const gone = { pid: 999_999, started: '1', namespace: located.identity.namespace };
  located.folder.join(dead, { identity: gone, thread: 0, title: 'dead', startedAt: OLD });
  const living = writerName(process.ppid, OLD, 0);
  located.folder.join(living, { identity: located.identity, thread: 0, title: 'living', startedAt: OLD });
  fill(located, dead, 20);
  fill(located, living, 20);
  await janitorOf(base, located).round();
  const left = segmentsIn(located);
  assert.equal(left.filter((name) => name.startsWith(dead)).length, 1);
  assert.equal(left.filter((name) => name.startsWith(living)).length, 20);
  assert.equal(await samplesOf(located), 40);
});

test('nothing is cleared away while another process has the lock; a dead one has none', async () => {
  const { base, located } = newRun();
  const app = join(base, located.app);
  const dead = writerName(999_999, OLD, 0);
  fill(located, dead, 5);
  const release = tryLock(realFiles, app, located.identity, 'p1-a-0');
  assert.ok(release);
  assert.equal(tryLock(realFiles, app, located.identity, 'p2-b-0'), null);
  await janitorOf(base, located).round();
  assert.equal(segmentsIn(located).length, 5);
  release();
  writeFileSync(
    join(app, LOCK_FILE),
    JSON.stringify({ identity: { ...located.identity, started: '1' }, writer: dead }),
  );
  await janitorOf(base, located).round();
  assert.equal(segmentsIn(located).length, 1);
  assert.deepEqual(readdirSync(app), [located.id]);
});

test('runs that are too old go as a whole; what is not ours stays, and is said', async () => {
  const { base, located } = newRun();
  const old = deadRun(base, 'old');
  fill(old, old.writer, 3, OLD - 10 * 86_400_000);
  const mixed = deadRun(base, 'mixed');
  fill(mixed, mixed.writer, 3, OLD - 10 * 86_400_000);
  writeFileSync(join(mixed.folder.path, 'notes.txt'), 'mine');
  const other = join(base, located.app, 'other');
  fs.mkdirSync(other);
  utimesSync(other, OLD / 1000, OLD / 1000);
  // Another process is making this one.
  fs.mkdirSync(join(base, located.app, 'begun'));
  fill(located, located.writer, 3);
  const janitor = janitorOf(base, located);
  await janitor.round();
  assert.deepEqual(readdirSync(join(base, located.app)).sort(), ['begun', 'mixed', 'other', located.id].sort());
  assert.ok(readdirSync(mixed.folder.path).includes('notes.txt'));
  assert.equal(segmentsIn(mixed).length, 0);
  assert.equal(await samplesOf(located), 3);
  assert.match(janitor.problems.join(), /^2 files in the data folder are not the profiler's and were left alone/);
  assert.doesNotMatch(janitor.problems.join(), /begun/);
});

test('size: the oldest go first, of whichever run', async () => {
  const { base, located } = newRun();
  const earlier = deadRun(base, 'earlier');
  fill(earlier, earlier.writer, 30, OLD - 3_600_000);
  fill(located, located.writer, 30, Date.now() - 40_000);
  const bytesIn = (run: LocatedRun): number =>
    segmentsIn(run).reduce((sum, name) => sum + fs.statSync(join(run.folder.path, name)).size, 0);
  const bytes = bytesIn(located);
  await janitorOf(base, located, realFiles, { ...WEEK, bytes }).round();
  assert.equal(fs.existsSync(earlier.folder.path), false);
  assert.ok(bytesIn(located) <= bytes && bytesIn(located) > bytes / 2);
});

test('what a killed process was writing is removed, but not before it is certain', async () => {
  const { base, located } = newRun();
  const dead = writerName(999_999, OLD, 0);
  const names = ['old', 'new'].map((name) => `.${name}~${dead}.tmp`);
  for (const name of names) writeFileSync(join(located.folder.path, name), 'half');
  utimesSync(join(located.folder.path, names[0] ?? ''), OLD / 1000, OLD / 1000);
  await janitorOf(base, located).round();
  assert.deepEqual(
    readdirSync(located.folder.path).filter((name) => name.endsWith('.tmp')),
    names.slice(1),
  );
});
