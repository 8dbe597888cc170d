/** What users write, and what they get and are told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadOptions } from '../../../src/config/load.ts';
import { CWD, loadFrom, messagesOf } from './load-from.ts';

const FILE = `${CWD}/profiler.ini`;

test('without file and variables every option has its default, and nothing is said', () => {
  const { options, problems, sources } = loadFrom();
  assert.deepEqual(options, {
    enabled: true,
    path: '/__profile__',
    discardFirstRequest: true,
    flushAtShutdown: false,
    unwind: false,
    heap: false,
    intervalMs: 10,
    ignore: [],
    access: 'local',
    waits: 'auto',
    slowMs: 500,
    retention: { ageMs: 604_800_000, bytes: 268_435_456 },
    pushHeaders: {},
    pushLabels: {},
    urlQuery: false,
    debug: false,
    quiet: false,
  });
  assert.deepEqual(problems, []);
  assert.deepEqual([...new Set(Object.values(sources))], ['default']);
});

test('the environment wins over the file, the file over the default', () => {
  const { options, sources } = loadFrom('[profiler]\ninterval_ms = 20\nslow_ms = 30\n', { PROFILER_INTERVAL_MS: '5' });
  assert.equal(options.intervalMs, 5);
  assert.equal(options.slowMs, 30);
  assert.deepEqual([sources.intervalMs, sources.slowMs, sources.path], ['env', 'ini', 'default']);
});

test('an empty value is the same as none', () => {
  const { options, problems, sources } = loadFrom('[profiler]\npath = /x\ntoken =\n', { PROFILER_PATH: ' ' });
  assert.equal(options.path, '/x');
  assert.equal(sources.path, 'ini');
  assert.equal(options.access, 'local');
  assert.deepEqual(problems, []);
});

test('quotes around a value in a file are dropped', () => {
  assert.equal(loadFrom('[profiler]\nlog_filename = "/tmp/a b"\n').options.logFilename, '/tmp/a b');
});

test('options are frozen to the last member', () => {
  const { options, sources } = loadFrom('[profiler]\nlisten = localhost:1\nignore = /a\npush_labels = a=b\n');
  for (const value of [options, options.retention, options.listen, options.ignore, options.pushLabels, sources]) {
    assert.ok(Object.isFrozen(value));
  }
});

test('a bad value is one message with file, line, key and accepted values, and the default stays', () => {
  const { options, problems } = loadFrom('[profiler]\npath = /x\ninterval_ms = fast\n');
  assert.equal(options.path, '/x');
  assert.equal(options.intervalMs, 10);
  assert.deepEqual(problems, [
    {
      code: 'PROFILER_E_CONFIG_VALUE',
      message: `${FILE}:3: interval_ms = "fast" is not accepted. Accepted: a number from 1 to 1000. The default is used: 10`,
      file: FILE,
      line: 3,
      key: 'interval_ms',
      accepted: 'a number from 1 to 1000',
    },
  ]);
});

test('a bad variable is one message, and the default counts, not the file', () => {
  const { options, problems } = loadFrom('[profiler]\nwaits = all\n', { PROFILER_WAITS: 'some' });
  assert.equal(options.waits, 'auto');
  assert.deepEqual(problems, [
    {
      code: 'PROFILER_E_CONFIG_VALUE',
      message: 'PROFILER_WAITS = "some" is not accepted. Accepted: auto, all, off. The default is used: auto',
      key: 'PROFILER_WAITS',
      accepted: 'auto, all, off',
    },
  ]);
});

test('an unknown key is one message that suggests the nearest', () => {
  const { options, problems } = loadFrom('[profiler]\nintervalMs = 5\n\n  # note\npath = /x\n');
  assert.equal(options.path, '/x');
  assert.equal(problems.length, 1);
  const [problem] = problems;
  assert.equal(problem?.code, 'PROFILER_E_CONFIG_KEY');
  assert.deepEqual([problem?.file, problem?.line, problem?.key], [FILE, 2, 'intervalMs']);
  assert.match(
    problem?.message ?? '',
    /^\/srv\/app\/profiler\.ini:2: unknown key "intervalMs"\. Did you mean interval_ms\?/,
  );
  assert.match(problem?.accepted ?? '', /^enabled, path, log_filename, .*, debug, quiet$/);
});

test('an unknown variable that starts with PROFILER_ is one message, others are not ours', () => {
  const loaded = loadFrom(undefined, {
    PROFILER_PATHS: '/x',
    PROFILE: '1',
    CORECLR_PROFILER: '1',
    profiler_path: '/y',
    // Of a service named `profiler`, by Kubernetes.
    PROFILER_SERVICE_HOST: '10.0.0.1',
    PROFILER_SERVICE_PORT: '80',
    PROFILER_SERVICE_PORT_HTTP: '80',
    PROFILER_PORT: 'tcp://10.0.0.1:80',
    PROFILER_PORT_80_TCP: 'tcp://10.0.0.1:80',
    PROFILER_PORT_80_TCP_PROTO: 'tcp',
    PROFILER_PORT_80_TCP_ADDR: '10.0.0.1',
  });
  assert.equal(loaded.problems.length, 1);
  assert.equal(loaded.problems[0]?.key, 'PROFILER_PATHS');
  assert.match(
    messagesOf(loaded)[0] ?? '',
    /^unknown environment variable "PROFILER_PATHS"\. Did you mean PROFILER_PATH\?/,
  );
});

test('a key that is set twice is one message, and the later value counts', () => {
  const { options, problems } = loadFrom('[profiler]\npath = /a\npath = /b\n');
  assert.equal(options.path, '/b');
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [['PROFILER_E_CONFIG_SYNTAX', 3]],
  );
});

test('a comment behind a refused value is pointed out', () => {
  assert.match(messagesOf(loadFrom('[profiler]\nslow_ms = 5 ; ms\n'))[0] ?? '', /a comment needs a line of its own/);
});

test('lines that cannot be read are named by number, in our section only', () => {
  const { problems } = loadFrom('[other]\nfoo\n[profiler]\nbar secret\npath = /x\n[broken\n');
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [
      ['PROFILER_E_CONFIG_SYNTAX', 4],
      ['PROFILER_E_CONFIG_SYNTAX', 6],
    ],
  );
  assert.doesNotMatch(JSON.stringify(problems), /bar secret/);
});

test('keys before any section are one message', () => {
  const { options, problems } = loadFrom('path = /x\nwaits = off\n');
  assert.equal(options.path, '/__profile__');
  assert.equal(problems.length, 1);
  assert.match(problems[0]?.message ?? '', /^\/srv\/app\/profiler\.ini:1: "path" stands before any section/);
});

test('a reference to nothing is one message and the default', () => {
  const { options, problems } = loadFrom('[profiler]\nlog_filename = %(nowhere)s/x\n');
  assert.equal(options.logFilename, undefined);
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [['PROFILER_E_CONFIG_VALUE', 2]],
  );
  assert.match(problems[0]?.message ?? '', /the value of log_filename refers to "nowhere", which has no value/);
});

test('a named file is read from the working folder, and its absence is one message', () => {
  const { options, problems } = loadOptions({
    env: { PROFILER_CONFIG: 'etc/paste.ini' },
    cwd: CWD,
    readFile: (path) => `[profiler]\nlog_filename = %(here)s\npath = ${path}`,
  });
  assert.deepEqual([options.path, options.logFilename], ['/srv/app/etc/paste.ini', '/srv/app/etc']);
  assert.deepEqual(problems, []);
  assert.deepEqual(messagesOf(loadFrom('[profiler]\n', { PROFILER_CONFIG: '/nope.ini' })), [
    '/nope.ini: cannot be read, there is no such file. Check PROFILER_CONFIG',
  ]);
});

test('a default file that cannot be read, is too large or no text is one message', () => {
  const readFile = (): string => {
    throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  };
  assert.deepEqual(messagesOf(loadOptions({ env: {}, cwd: CWD, readFile })), [
    `${FILE}: cannot be read, EACCES: permission denied`,
  ]);
  assert.match(messagesOf(loadFrom('#'.repeat(300_000)))[0] ?? '', /it is larger than 262144 bytes$/);
  assert.match(messagesOf(loadFrom('[\0p\0r\0'))[0] ?? '', /it is not UTF-8 text$/);
});

test('a token implies access = token unless access says otherwise', () => {
  assert.equal(loadFrom(undefined, { PROFILER_TOKEN: 's3cret' }).options.access, 'token');
  assert.equal(loadFrom('[profiler]\ntoken = s3cret\n').options.access, 'token');
  assert.equal(loadFrom('[profiler]\ntoken = s3cret\naccess = open\n').options.access, 'open');
  assert.equal(loadFrom('[profiler]\ntoken = s3cret\n', { PROFILER_ACCESS: 'local' }).options.access, 'local');
  const misspelt = loadFrom('[profiler]\ntoken = s3cret\naccess = tokn\n');
  assert.equal(misspelt.options.access, 'token');
  assert.match(messagesOf(misspelt)[0] ?? '', /The default is used: token$/);
});

test('what a token should protect is closed while no token can be used, and that is one message', () => {
  const missing = loadFrom('[profiler]\naccess = token\n');
  assert.equal(missing.options.access, 'off');
  assert.deepEqual(messagesOf(missing), [
    `${FILE}:2: access = token lets nobody in without a token. Set one with PROFILER_TOKEN`,
  ]);
  const refused = loadFrom(undefined, { PROFILER_TOKEN: 'two words' });
  assert.equal(refused.options.access, 'off');
  assert.equal(refused.problems.length, 1);
});

test('messages never hold a secret', () => {
  const secret = 'hunter2 %(hunter3)s ';
  const loaded = loadFrom(
    `[profiler]\ntoken = ${secret}\npush_url = ftp://u:hunter4@h\ntokn = hunter5\npush_headers = hunter6\n`,
  );
  assert.equal(loaded.problems.length, 4);
  assert.doesNotMatch(JSON.stringify(loaded.problems), /hunter/);
  assert.doesNotMatch(JSON.stringify(loadFrom(undefined, { PROFILER_TOKEN: 'hunter 2' }).problems), /hunter/);
});

test('messages are short single lines whatever is in the file', () => {
  const { problems } = loadFrom(
    `[profiler]\nwaits = \u001b[31m\u202e${'x'.repeat(100_000)}\n${'k'.repeat(100_000)} = 1\n`,
  );
  assert.equal(problems.length, 2);
  for (const problem of problems) {
    assert.ok(JSON.stringify(problem).length < 2000);
    assert.doesNotMatch(problem.message, /\p{C}/u);
  }
});

test('a file full of mistakes gives a bounded number of messages', () => {
  const { problems } = loadFrom(`[profiler]\n${'x = 1\ny\n'.repeat(15_000)}`);
  assert.equal(problems.length, 21);
  assert.equal(problems.at(-1)?.code, 'PROFILER_E_CONFIG_MORE');
});

test('any file and any variables give options', () => {
  const keys = [
    'path',
    'token',
    'access',
    'listen',
    'retention',
    'push_headers',
    'ignore',
    'use',
    '__proto__',
    'get x',
  ];
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('egg:repoze.profile', '%(path)s', '""'),
  );
  const line = fc.tuple(fc.constantFrom(...keys), value).map(([key, text]) => `${key} = ${text}`);
  const header = fc.constantFrom('[profiler]', '[DEFAULT]', '[filter:x]', '[');
  const env = fc.dictionary(fc.constantFrom('PROFILER_PATH', 'PROFILER_X', 'PROFILER_TOKEN', 'PROFILER_CONFIG'), value);
  fc.assert(
    fc.property(fc.array(fc.oneof(line, header, fc.string())), env, (lines, variables) => {
      const readFile = (): string => lines.join('\n');
      const { options, problems } = loadOptions({ env: variables, cwd: CWD, readFile });
      assert.match(options.path, /^\/.*[^/]$/);
      assert.ok(options.access !== 'token' || options.token !== undefined);
      assert.ok(problems.length <= 21);
      for (const { message } of problems) assert.doesNotMatch(message, /\p{Cc}/u);
    }),
  );
});
