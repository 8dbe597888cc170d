/** pprof, both ways: what we write we read again, others' files are read as far as they measured time, bad ones are refused. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Profile as PprofProfile, type ProfileInput, StringTable } from 'pprof-format';
import { pprofExporter } from '../../../src/export/pprof.ts';
import { readPprof } from '../../../src/export/read-pprof.ts';
import { CallTreeBuilder, ROOT } from '../../../src/profile/call-tree-builder.ts';
import { canonicalProfile } from '../../../src/profile/canonical.ts';
import { type FunctionInfo, type Profile, SELF_COLUMNS } from '../../../src/profile/profile.ts';
import { arbitraryProfile, dedent, drawTree, METADATA, parseTree, stacksOf } from '../../helpers/profiles.ts';

const encode = (profile: Profile): Uint8Array => pprofExporter.encode(profile, { metric: 'cpu' });

/** What pprof can carry of a profile: stacks that measured something, text as UTF-8. */
function carried(profile: Profile): Profile {
  const builder = new CallTreeBuilder();
  const functions = profile.functions.map((info) =>
    builder.addFunction({ ...info, name: Buffer.from(info.name).toString() }),
  );
  for (const { frames, figures } of stacksOf(profile)) {
    if (SELF_COLUMNS.every((column) => figures[column] === 0)) continue;
    builder.addSelf(
      frames.reduce((node, frame) => builder.child(node, functions[frame] ?? 0), ROOT),
      figures,
    );
  }
  const { run, window, routes, requests, intervalMs } = profile;
  return builder.build({ run, window, routes, requests, intervalMs });
}

test('what is written is read again, odd names included', () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryProfile(), arbitraryProfile({ wildNames: true })), (profile) => {
      assert.deepEqual(canonicalProfile(readPprof(encode(profile))), canonicalProfile(carried(profile)));
    }),
  );
});

test('categories that do not follow from the file are read again', () => {
  const builder = new CallTreeBuilder();
  const infos: FunctionInfo[] = [
    { name: 'SELECT orders', file: '', line: 0, column: 0, category: 'wait' },
    { name: 'bundled: x', file: '/app/dist/bundle.js', line: 1, column: 900, category: 'package', package: '@x/pg' },
    { name: '(anonymous)', file: '/app/node_modules/own/index.js', line: 3, column: 1, category: 'app' },
    { name: '(anonymous)', file: '/app/server.js', line: 3, column: 1, category: 'app' },
    { name: 'app : nested', file: '/app/server.js', line: 9, column: 1, category: 'app' },
  ];
  for (const info of infos) builder.addSelf(builder.child(ROOT, builder.addFunction(info)), { samples: 1 });
  assert.deepEqual(readPprof(encode(builder.build(METADATA))).functions, infos);
});

test('several routes, their requests and the run are read again', () => {
  const profile = parseTree('f 1', { routes: ['GET /a', 'POST /b,c'], requests: 7, run: 'run-9' });
  const read = readPprof(encode(profile));
  assert.deepEqual([read.routes, read.requests, read.run], [profile.routes, 7, 'run-9']);
});

test('one route is a label of every sample, several are not', () => {
  const labels = (routes: string[]): number[] =>
    PprofProfile.decode(gunzipSync(encode(parseTree('f 1\n  g 2', { routes })))).sample.map(
      ({ label }) => label.length,
    );
  assert.deepEqual(labels(['GET /a']), [1, 1]);
  assert.deepEqual(labels(['GET /a', 'GET /b']), [0, 0]);
});

test('fractions of samples are rounded without losing any in the sum', () => {
  const profile = parseTree(`
    a samples=0.4 cpu=0.5
      b samples=0.4
        c samples=0.4
      d samples=0.8 cpu=1.5
  `);
  const { self } = readPprof(encode(profile)).nodes;
  assert.equal(
    Array.from(self.samples).reduce((sum, samples) => sum + samples, 0),
    2,
  );
  assert.equal(
    Array.from(self.cpuNs).reduce((sum, cpuNs) => sum + cpuNs, 0),
    2,
  );
});

/** A file as another profiler writes it. */
function foreign(
  sampleTypes: [string, string][],
  values: number[][],
  change: (profile: ProfileInput) => void = () => {},
): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const input: ProfileInput = {
    stringTable,
    sampleType: sampleTypes.map(([type, unit]) => ({ type: text(type), unit: text(unit) })),
    function: [
      { id: 7, name: text('main.main'), systemName: text('_ZN4main'), filename: text('/src/main.go'), startLine: 3 },
      { id: 8, name: text('main.work'), filename: text('/src/main.go') },
    ],
    location: [
      { id: 1, address: 0x400000, line: [{ functionId: 7, line: 5 }] },
      {
        id: 2,
        address: 0x400100,
        line: [
          { functionId: 8, line: 12 },
          { functionId: 7, line: 6 },
        ],
      },
      { id: 3, address: 0x7f00 },
    ],
    sample: values.map((value, index) => ({ locationId: index === 0 ? [2] : [3, 1], value })),
    timeNanos: 1_700_000_000_000_000_000n,
    durationNanos: 5_000_000_000,
    period: 10_000_000,
  };
  change(input);
  return new PprofProfile(input).encode();
}

test('a Go CPU profile is read with its inlined functions and addresses, gzipped or not', () => {
  const bytes = foreign(
    [
      ['samples', 'count'],
      ['cpu', 'nanoseconds'],
    ],
    [
      [3, 30],
      [1, 10],
    ],
  );
  for (const profile of [readPprof(bytes), readPprof(gzipSync(bytes))]) {
    assert.equal(
      drawTree(profile),
      dedent(`
        main.main @/src/main.go:3
          main.work @/src/main.go:12 samples=3 cpu=30
          0x7f00 samples=1 cpu=10
      `),
    );
    assert.deepEqual(profile.window, { from: 1_700_000_000_000, to: 1_700_000_005_000 });
    assert.deepEqual([profile.intervalMs, profile.requests, profile.routes], [10, 0, []]);
  }
});

test('wall time of other profilers and other units are read', () => {
  const profile = readPprof(
    foreign(
      [
        ['sample', 'count'],
        ['wall', 'microseconds'],
      ],
      [
        [1, 20],
        [1, 5],
      ],
    ),
  );
  assert.deepEqual(Array.from(profile.nodes.self.wallNs), [0, 0, 20_000, 5000]);
});

const MALFORMED: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
  ['an empty file', new Uint8Array(), /it has no sample types/],
  ['text', Buffer.from('this is not a profile'), /not a readable pprof profile: /],
  ['JSON', Buffer.from('{"nodes":[]}'), /not a readable pprof profile: /],
  ['a gzip file cut off', encode(parseTree('f 1')).subarray(0, 60), /unexpected end of file/],
  ['an endless number', new Uint8Array(1_000_000).fill(0x80), /longer than 10 bytes/],
  ['a length beyond the end', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f), /cut off/],
  [
    'a heap profile',
    foreign([['inuse_space', 'bytes']], [[1], [2]]),
    /no CPU, wall or wait time, only inuse_space\/bytes/,
  ],
  [
    'too few values',
    foreign(
      [
        ['cpu', 'nanoseconds'],
        ['wall', 'nanoseconds'],
      ],
      [[1]],
    ),
    /1 values for 2 sample types/,
  ],
  [
    'a missing location',
    foreign([['cpu', 'nanoseconds']], [[1]], (profile) => {
      profile.location = [];
    }),
    /location 2, which is not there/,
  ],
  [
    'a missing function',
    foreign([['cpu', 'nanoseconds']], [[1]], (profile) => {
      profile.function = [];
    }),
    /function 7, which is not there/,
  ],
  [
    'a missing string',
    foreign([['cpu', 'nanoseconds']], [[1]], (profile) => {
      profile.function?.push({ id: 9, name: 999 });
    }),
    /string 999/,
  ],
  [
    'a bomb of inlined functions',
    foreign([['cpu', 'nanoseconds']], [[1]], (profile) => {
      profile.location?.push({ id: 4, line: new Array(5000).fill({ functionId: 7 }) });
    }),
    /more than 1000 inlined/,
  ],
  ['a gzip bomb', gzipSync(Buffer.alloc(300 << 20)), /larger than/],
];

for (const [what, bytes, message] of MALFORMED) {
  test(`${what} is refused with a clear message`, () => {
    assert.throws(() => readPprof(bytes), message);
  });
}

test('damaged files are read or refused, never anything else', () => {
  const intact = gunzipSync(encode(parseTree('main 1\n  f @/app/a.js:3:1 2\n    g 3\n  g 4')));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(intact.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(intact.length),
      (changes, length) => {
        const damaged = Uint8Array.from(intact);
        for (const [at, byte] of changes) damaged[at] = byte;
        try {
          assert.equal(readPprof(damaged.subarray(0, length)).version, 1);
        } catch (error) {
          assert.match((error as Error).message, /^not a readable pprof profile: /);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
