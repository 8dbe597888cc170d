/** Each row of the table of options. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultText } from '../../../src/config/default-text.ts';
import { OPTION_NAMES, OPTIONS } from '../../../src/config/option-table.ts';
import type { OptionName } from '../../../src/config/options.ts';

const context = { cwd: '/srv/app' };

/** For each option: texts with what they become, and texts that are refused. */
const CASES: {
  readonly [Name in OptionName]: readonly [accepted: Record<string, unknown>, refused: readonly string[]];
} = {
  enabled: [
    {
      true: true,
      YES: true,
      on: true,
      y: true,
      T: true,
      1: true,
      false: false,
      no: false,
      Off: false,
      n: false,
      f: false,
      0: false,
    },
    ['2', 'truthy', 'enabled', 'null'],
  ],
  path: [
    { '/p': '/p', p: '/p', '/p/': '/p', 'a/b/': '/a/b', '/_p-1.x~%20': '/_p-1.x~%20' },
    ['/', '//', '//p', '/p//', '/a//b', '/a/../b', './p', '/p?x', '/p#x', '/a b', '/ä', 'http://h/p', '/a\\b', '/a\nb'],
  ],
  logFilename: [
    { '/a/b': '/a/b', 'b.prof': '/srv/app/b.prof', '../b': '/srv/b', 'a b#c': '/srv/app/a b#c' },
    ['/', '/a/', '.', '..', 'a/..', 'a\0', 'a\nb'],
  ],
  cachegrindFilename: [{ 'cachegrind.out.x': '/srv/app/cachegrind.out.x' }, ['/tmp/']],
  discardFirstRequest: [{ off: false }, ['-']],
  flushAtShutdown: [{ on: true }, ['-']],
  unwind: [{ on: true }, ['-']],
  intervalMs: [
    { 1: 1, 10: 10, '2.5': 2.5, 1000: 1000 },
    ['0', '0.99', '1001', '-1', '1e2', '0x10', '10ms', 'NaN', '1.', '٣'],
  ],
  ignore: [
    { '/a': ['/a'], '/a, *.ico,/a,': ['/a', '*.ico'], '/a\n/b/*': ['/a', '/b/*'], ',': [] },
    ['a', '/a b', '/a,b', '/a?x=1', Array.from({ length: 101 }, (_, index) => `/${index}`).join()],
  ],
  access: [{ local: 'local', TOKEN: 'token', open: 'open', off: 'off' }, ['public', 'true', 'tokens']],
  token: [
    { 's3cret!=': 's3cret!=', ['x'.repeat(512)]: 'x'.repeat(512) },
    ['two words', 'schlüssel', 'a\nb', 'x'.repeat(513)],
  ],
  listen: [
    {
      'localhost:9000': { host: 'localhost', port: 9000 },
      '0.0.0.0:0': { host: '0.0.0.0', port: 0 },
      '[::1]:65535': { host: '::1', port: 65_535 },
      9000: { host: '127.0.0.1', port: 9000 },
      '/run/p.sock': { socketPath: '/run/p.sock' },
      './p.sock': { socketPath: '/srv/app/p.sock' },
      'unix:p.sock': { socketPath: '/srv/app/p.sock' },
      '\\\\.\\pipe\\p': { socketPath: '\\\\.\\pipe\\p' },
    },
    [
      ':9000',
      'localhost',
      'localhost:',
      'localhost:65536',
      '::1:9000',
      'http://h:1',
      'h:1:2',
      'unix:',
      'a b:1',
      '/a\0',
      '-1',
    ],
  ],
  waits: [{ auto: 'auto', All: 'all', off: 'off' }, ['true', 'none']],
  slowMs: [{ 0: 0, 500: 500, '0.5': 0.5 }, ['-1', '86400001', 'x']],
  dataDir: [
    { memory: 'memory', Memory: 'memory', '/d': '/d', './memory': '/srv/app/memory', d: '/srv/app/d' },
    ['a\0'],
  ],
  retention: [
    {
      '7d,256mb': { ageMs: 604_800_000, bytes: 268_435_456 },
      '1GB, 2 h': { ageMs: 7_200_000, bytes: 1_073_741_824 },
      '30m': { ageMs: 1_800_000, bytes: 268_435_456 },
      '512kb': { ageMs: 604_800_000, bytes: 524_288 },
    },
    ['7', '0d', '7d,7d', '1mb,1gb', '7d,1mb,', '7d,1mb,1s', '-1d', 'forever', '1.5d', '9999999d'],
  ],
  pushUrl: [{ 'https://u:p%40@h:4040/x?y=z': 'https://u:p%40@h:4040/x?y=z' }, ['h:4040', 'ftp://h', 'file:///x', '/x']],
  pushFormat: [{ pyroscope: 'pyroscope', OTLP: 'otlp' }, ['otel']],
  pushHeaders: [
    {
      'Authorization=Basic%20eDp5, x-a = b=c,': { Authorization: 'Basic eDp5', 'x-a': 'b=c' },
      'a=1\nb=2': { a: '1', b: '2' },
      'a=x%2Cy': { a: 'x,y' },
      'a=': { a: '' },
    },
    [
      'a',
      '=b',
      'a b=c',
      'a=%',
      'a=%0d%0ab',
      'a=\u0142',
      'a: b',
      Array.from({ length: 33 }, (_, index) => `h${index}=1`).join(),
    ],
  ],
  pushLabels: [{ 'env=prod,service.name=zł': { env: 'prod', 'service.name': 'zł' } }, ['1a=b', 'a-b=c', 'a=%00', 'a']],
  heap: [{ on: true }, ['-']],
  urlQuery: [{ on: true }, ['-']],
  debug: [{ on: true }, ['-']],
  quiet: [{ on: true }, ['-']],
};

for (const name of OPTION_NAMES) {
  const option = OPTIONS[name];
  const [accepted, refused] = CASES[name];

  test(`${option.key} takes what it says it accepts`, () => {
    for (const [text, value] of Object.entries(accepted)) assert.deepEqual(option.parse(text, context), value, text);
    for (const text of refused) assert.equal(option.parse(text, context), undefined, text);
  });

  test(`${option.key} has defaults that a user could have written`, () => {
    const text = defaultText(option);
    if (text !== null) assert.deepEqual(option.parse(text, context), option.default);
    if (option.repozeDefault !== undefined) assert.notEqual(option.parse(option.repozeDefault, context), undefined);
  });

  test(`${option.key} takes or refuses any text without an exception`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => void option.parse(text, context)),
    );
  });
}

test('keys are the names of the properties in snake case, each once', () => {
  const snake = OPTION_NAMES.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  assert.deepEqual(
    OPTION_NAMES.map((name) => OPTIONS[name].key),
    snake,
  );
});

test('exactly the properties that may be absent have no default', () => {
  assert.deepEqual(
    OPTION_NAMES.filter((name) => OPTIONS[name].default === undefined),
    ['logFilename', 'cachegrindFilename', 'token', 'listen', 'dataDir', 'pushUrl', 'pushFormat'],
  );
});

test('documentation and accepted values are single lines', () => {
  for (const name of OPTION_NAMES) assert.match(`${OPTIONS[name].doc}${OPTIONS[name].accepted}`, /^[^\n|]+$/);
});
