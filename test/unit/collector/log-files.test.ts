/** LogFiles: complete files at any time, whatever the folder is like. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
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

test('it is said at once, and once; a problem whose reason is gone is none', async () => {
  const said: string[] = [];
  const at = join(await folder(), 'later');
  const log = join(at, 'wsgi.prof');
  const written = files({ PROFILER_LOG_FILENAME: log }, said);
  assert.equal(said.length, 1);
  await written.write(async () => SLICE, true);
  assert.equal(said.length, 1);
  assert.equal(written.problems.length, 1);
  await mkdir(at);
  await written.write(async () => SLICE, true);
  assert.deepEqual([written.problems, samplesIn(readPprof(await readFile(log)))], [[], 4]);
});

test('one file that cannot be written does not keep the other from it', async () => {
  const said: string[] = [];
  const grind = join(await folder(), 'cachegrind.out');
  const env = { PROFILER_LOG_FILENAME: '/etc/passwd/wsgi.prof', PROFILER_CACHEGRIND_FILENAME: grind };
  await files(env, said).finish(async () => SLICE);
  assert.match(await readFile(grind, 'utf8'), /^# callgrind format/);
  assert.deepEqual(said.length, 1);
  assert.match(said[0] ?? '', /^\/etc\/passwd\/wsgi\.prof cannot be written: ENOTDIR/);
});

test('a new file is its user’s only, one that was there keeps its permissions', async () => {
  const at = await folder();
  const [log, grind] = [join(at, 'wsgi.prof'), join(at, 'cachegrind.out')];
  await writeFile(grind, '');
  await chmod(grind, 0o664);
  await files({ PROFILER_LOG_FILENAME: log, PROFILER_CACHEGRIND_FILENAME: grind }).write(async () => SLICE, true);
  const modes = await Promise.all([log, grind].map(async (file) => ((await stat(file)).mode & 0o777).toString(8)));
  assert.deepEqual(modes, ['600', '664']);
});

test('what is no file stays what it is', { skip: process.platform === 'win32' && 'mkfifo' }, async () => {
  const pipe = join(await folder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const said: string[] = [];
  await files({ PROFILER_LOG_FILENAME: pipe, PROFILER_FLUSH_AT_SHUTDOWN: 'true' }, said).finish(async () => SLICE);
  assert.ok((await lstat(pipe)).isFIFO());
  assert.deepEqual(said, [`${pipe} cannot be written: ${pipe} is no file`]);
});

test('an own link is followed, and stays; another user’s is not', async () => {
  const at = await folder();
  const [link, target] = [join(at, 'link'), join(at, 'target')];
  await symlink('target', link);
  await files({ PROFILER_LOG_FILENAME: link }).write(async () => SLICE, true);
  assert.deepEqual([await readlink(link), samplesIn(readPprof(await readFile(target)))], ['target', 4]);
  if (process.getuid?.() !== 0) return;
  await lchown(link, 65534, 65534);
  const said: string[] = [];
  await files({ PROFILER_LOG_FILENAME: link }, said).write(async () => sliceOf(''), true);
  assert.deepEqual(said, [`${link} cannot be written: ${link} is a link of another user`]);
  assert.equal(samplesIn(readPprof(await readFile(target))), 4);
});

test('a link where it writes first is a trap, and what it names is not written', async () => {
  const at = await folder();
  const [log, victim] = [join(at, 'wsgi.prof'), join(at, 'victim')];
  await writeFile(victim, 'precious');
  await symlink(victim, `${log}.${process.pid}-0.tmp`);
  await files({ PROFILER_LOG_FILENAME: log }).write(async () => SLICE, true);
  assert.equal(await readFile(victim, 'utf8'), 'precious');
  assert.equal(samplesIn(readPprof(await readFile(log))), 4);
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
