/** The exact files that one small profile gives. UPDATE_GOLDEN=true writes them anew; read the difference before you commit it. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Profile as PprofProfile } from 'pprof-format';
import { exporters } from '../../../src/export/index.ts';
import { heapProfile } from '../../../src/profile/heap-profile.ts';
import { parseTree } from '../../helpers/profiles.ts';

/** Recursion, an anonymous function, a wait, garbage collection, and a package. */
const PROFILE = parseTree(
  `
  (garbage collector) samples=2 cpu=20000000 wall=20000000
  handle @/app/server.js:12:3 samples=1 cpu=9000000 wall=10000000
    query @/app/node_modules/@x/pg/lib/client.js:10:5 samples=1 cpu=4000000 wall=5000000
      SELECT samples=0 wait=250000000 waits=2
    walk @/app/views.js:7:1 samples=3 cpu=30000000 wall=31000000
      walk @/app/views.js:7:1 samples=2 cpu=20000000 wall=20500000
      (anonymous) @/app/views.js:9:20 samples=1 cpu=10000000 wall=10000000
`,
  { routes: ['GET /users/:id'], requests: 4 },
);

for (const { format, extension, encode } of exporters) {
  test(`the ${format} file of a small profile is as it was`, () => {
    const bytes = encode(PROFILE, { metric: 'wall' });
    const text = format === 'pprof' ? describePprof(bytes) : Buffer.from(bytes).toString('utf8');
    assertGolden(`small${format === 'pprof' ? '.pprof.txt' : extension}`, text);
  });
}

const MEMORY = heapProfile(
  {
    functions: PROFILE.functions,
    nodes: {
      parent: [-1, 0, 1, 1],
      function: [-1, 1, 2, 4],
      self: {
        ...{ inUseObjects: [0, 1, 0, 2], inUseBytes: [0, 1_048_576, 0, 4096] },
        ...{ allocatedObjects: [0, 1, 3, 9], allocatedBytes: [0, 1_048_576, 3000, 9_000_000] },
      },
    },
  },
  { from: 1_000_000, to: 1_060_000 },
  'inuse',
);

for (const { format, extension, encodeMemory } of exporters) {
  if (!encodeMemory) continue;
  test(`the ${format} file of a small heap is as it was`, () => {
    const bytes = encodeMemory(MEMORY, { figure: 'inuse' });
    const text = format === 'pprof' ? describePprof(bytes) : Buffer.from(bytes).toString('utf8');
    assertGolden(`heap${format === 'pprof' ? '.pprof.txt' : extension}`, text);
  });
}

test('every format but that of CPU profiles can hold memory', () => {
  assert.deepEqual(
    exporters.filter(({ encodeMemory }) => !encodeMemory).map(({ format }) => format),
    ['cpuprofile'],
  );
});

test('the same profile gives the same bytes in every format', () => {
  for (const { format, encode } of exporters) {
    assert.deepEqual(encode(PROFILE, { metric: 'cpu' }), encode(PROFILE, { metric: 'cpu' }), format);
  }
});

function assertGolden(name: string, text: string): void {
  const golden = fileURLToPath(new URL(`golden/${name}`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === 'true') writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, 'utf8'));
}

/** As another reader, the pprof-format package, sees the file. */
function describePprof(bytes: Uint8Array): string {
  const profile = PprofProfile.decode(gunzipSync(bytes));
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
  return [
    `types: ${profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`).join(' ')}, by default ${text(profile.defaultSampleType)}`,
    `period: ${profile.period} ${text(profile.periodType?.type ?? 0)}/${text(profile.periodType?.unit ?? 0)}`,
    `time: ${profile.timeNanos} duration: ${profile.durationNanos}`,
    ...profile.comment.map((comment) => `comment: ${text(comment)}`),
    ...profile.mapping.map(({ id, filename }) => `mapping ${id}: ${text(filename)}`),
    ...profile.function.map(
      ({ id, name, systemName, filename, startLine }) =>
        `function ${id}: ${text(name)} [${text(systemName)}] ${text(filename)}:${startLine}`,
    ),
    ...profile.location.map(
      ({ id, line }) =>
        `location ${id}: ${line.map((each) => `function ${each.functionId} at ${each.line}:${each.column}`)}`,
    ),
    ...profile.sample.map(
      ({ locationId, value, label }) =>
        `sample ${locationId.join(' ')}: ${value.join(' ')} ${label.map(({ key, str }) => `${text(key)}=${text(str)}`).join(' ')}`,
    ),
    '',
  ].join('\n');
}
