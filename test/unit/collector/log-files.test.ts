/** LogFiles: complete files at any time, whatever the folder is like. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { LogFiles } from '../../../src/collector/log-files.ts';
import { readPprof } from '../../../src/export/read-pprof.ts';
import { mergeProfiles } from '../../../src/profile/merge.ts';
import type { Slice } from '../../../src/store/contract.ts';
import { parseTree } from '../../helpers/profiles.ts';
import { optionsOf } from './test-host.ts';
import { samplesIn } from './trees.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'profiler-log-files-'));
});
after(() => rm(root, { recursive: true }));

const folder = (): Promise<string> => mkdtemp(join(root, 'case-'));

function sliceOf(drawing: string): Slice {
  return { from: 0, to: 1, tree: drawing === '' ? mergeProfiles([]) : parseTree(drawing), figures: new Map() };
}

const SLICE = sliceOf(`
  GET /a @route:
    handle @/app/a.js:1:2 3
  (background) @route:
    tick @/app/b.js:1:2 1
`);

function files(env: Readonly<Record<string, string>>, problems: string[] = []): LogFiles {
  return new LogFiles(optionsOf(env), (problem) => problems.push(problem));
}

test('both files are written, for all routes together', async () => {
  const at = await folder();
  const [log, grind] = [join(at, 'wsgi.prof'), join(at, 'cachegrind.out')];
  await files({ PROFILER_LOG_FILENAME: log, PROFILER_CACHEGRIND_FILENAME: grind }).write(async () => SLICE, true);
  assert.equal(samplesIn(readPprof(await readFile(log))), 4);
  assert.match(await readFile(grind, 'utf8'), /^# callgrind format/);
  assert.deepEqual((await readdir(at)).sort(), ['cachegrind.out', 'wsgi.prof']);
});

test('without file names nothing is even asked for', async () => {
  await files({}).write(() => assert.fail('the store was asked'), true);
});

test('while the server runs they are written every ten seconds', async () => {
  const log = join(await folder(), 'wsgi.prof');
  const written = files({ PROFILER_LOG_FILENAME: log });
  mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  try {
    let asked = 0;
    const recorded = async (): Promise<Slice> => {
      asked++;
      return SLICE;
    };
    await written.write(recorded, false);
    mock.timers.tick(9999);
    await written.write(recorded, false);
    assert.equal(asked, 1);
    mock.timers.tick(1);
    await written.write(recorded, false);
    assert.equal(asked, 2);
    await written.write(recorded, true);
    assert.equal(asked, 3);
  } finally {
    mock.timers.reset();
  }
});

test('an empty profile is a file too', async () => {
  const log = join(await folder(), 'wsgi.prof');
  await files({ PROFILER_LOG_FILENAME: log }).write(async () => sliceOf(''), true);
  assert.equal(samplesIn(readPprof(await readFile(log))), 0);
});

test('a folder that is not there is a problem, and no error', async () => {
  const problems: string[] = [];
  const log = join(root, 'nowhere/wsgi.prof');
  await files({ PROFILER_LOG_FILENAME: log }, problems).write(async () => SLICE, true);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /nowhere\/wsgi\.prof cannot be written: ENOENT/);
});

test('a folder in the file’s place is a problem, and nothing is left beside it', async () => {
  const at = await folder();
  const log = join(at, 'wsgi.prof');
  await mkdir(log);
  const problems: string[] = [];
  await files({ PROFILER_LOG_FILENAME: log }, problems).write(async () => SLICE, true);
  assert.equal(problems.length, 1);
  assert.deepEqual(await readdir(at), ['wsgi.prof']);
});

test('at the end the last state is written', async () => {
  const log = join(await folder(), 'wsgi.prof');
  const written = files({ PROFILER_LOG_FILENAME: log });
  await written.write(async () => sliceOf(''), true);
  await written.finish(async () => SLICE);
  assert.equal(samplesIn(readPprof(await readFile(log))), 4);
});

test('flush_at_shutdown deletes the accumulated profile, and only that', async () => {
  const at = await folder();
  const [log, grind] = [join(at, 'wsgi.prof'), join(at, 'cachegrind.out')];
  await files({
    PROFILER_LOG_FILENAME: log,
    PROFILER_CACHEGRIND_FILENAME: grind,
    PROFILER_FLUSH_AT_SHUTDOWN: 'true',
  }).finish(async () => SLICE);
  assert.deepEqual([existsSync(log), existsSync(grind)], [false, true]);
});
