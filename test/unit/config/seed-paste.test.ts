/** A Paste Deploy file for repoze.profile is a configuration as it is. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadFrom } from './load-from.ts';

const SEED = readFileSync(new URL('./seed-paste.ini', import.meta.url), 'utf8');

test('the Paste file of the OpenStack tutorial works unchanged', () => {
  const { options, problems, sources } = loadFrom(SEED);
  assert.deepEqual(problems, []);
  assert.equal(options.logFilename, '/opt/stack/keystone/keystone.profile');
  assert.equal(options.cachegrindFilename, '/opt/stack/keystone/cachegrind.out.keystone');
  assert.equal(options.discardFirstRequest, true);
  assert.equal(options.path, '/__profile__');
  assert.equal(options.flushAtShutdown, true);
  assert.equal(sources.path, 'ini');
  assert.equal(sources.intervalMs, 'default');
});

test('the tutorial as it was published, its section header lost, works too', () => {
  const published = SEED.replace('[filter:profile]\n', '');
  assert.notEqual(published, SEED);
  assert.deepEqual(loadFrom(published), loadFrom(SEED));
});

test("a repoze.profile section has repoze.profile's defaults", () => {
  for (const use of ['egg:repoze.profile', 'egg:repoze.profile#main', 'egg:profiler']) {
    const { options, problems, sources } = loadFrom(`[filter:x]\nuse = ${use}\n`);
    assert.deepEqual(problems, []);
    assert.equal(options.flushAtShutdown, true);
    assert.equal(options.logFilename, '/srv/app/wsgi.prof');
    assert.equal(options.cachegrindFilename, undefined);
    assert.equal(options.discardFirstRequest, true);
    assert.equal(options.unwind, false);
    assert.equal(options.path, '/__profile__');
    assert.equal(sources.logFilename, 'default');
  }
});

test("elsewhere the defaults are the profiler's own", () => {
  const { options } = loadFrom('[profiler]\n');
  assert.equal(options.flushAtShutdown, false);
  assert.equal(options.logFilename, undefined);
});

test('a section for another egg is not the profiler', () => {
  const { problems } = loadFrom('[filter:x]\nuse = egg:repoze.profiler\n[app:y]\nuse = egg:Paste#static\n');
  assert.equal(problems.length, 1);
  assert.match(problems[0]?.message ?? '', /^\/srv\/app\/profiler\.ini: has neither a section \[profiler\] nor/);
});

test('the first section that uses repoze.profile counts, [profiler] before it', () => {
  const paste = '[filter:a]\nuse = egg:repoze.profile\npath = /a\n[filter:b]\nuse = egg:repoze.profile\npath = /b\n';
  assert.equal(loadFrom(paste).options.path, '/a');
  const both = loadFrom(`${paste}[profiler]\npath = /c\n`);
  assert.equal(both.options.path, '/c');
  assert.equal(both.options.flushAtShutdown, false);
});

test("Paste Deploy's own keys and other sections raise no message", () => {
  const { problems, options } = loadFrom(`
[DEFAULT]
debug_level = 3
profile_path = /from-default
[filter:profile]
use = egg:repoze.profile
filter-with = cors
set debug_level = 4
get path = profile_path
[pipeline:main]
this line means nothing to us
pipeline = a
    profile
    app
[server:main]
port = 80
`);
  assert.deepEqual(problems, []);
  assert.equal(options.path, '/from-default');
});

test('values of [DEFAULT] are for reference only, as in Paste Deploy', () => {
  assert.equal(loadFrom('[DEFAULT]\npath = /x\n[profiler]\n').options.path, '/__profile__');
});

test('%(name)s is replaced from the section, [DEFAULT], here and __file__', () => {
  const { options, problems } = loadFrom(`
[DEFAULT]
name = keystone
root = %(here)s/logs
[filter:profile]
use = egg:repoze.profile
log_filename = %(root)s/%(name)s.profile
cachegrind_filename = %(log_filename)s.100%%.out
data_dir = %(__file__)s.d
`);
  assert.deepEqual(problems, []);
  assert.equal(options.logFilename, '/srv/app/logs/keystone.profile');
  assert.equal(options.cachegrindFilename, '/srv/app/logs/keystone.profile.100%.out');
  assert.equal(options.dataDir, '/srv/app/profiler.ini.d');
});
