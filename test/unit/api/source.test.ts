/** GET api/v1/source: sources of recorded functions, and of nothing else. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { SourceAnswer } from '../../../src/api/function-types.ts';
import type { ApiError } from '../../../src/api/types.ts';
import { SourceMaps } from '../../../src/collector/source-maps.ts';
import { SourceTexts } from '../../../src/collector/source-texts.ts';
import { batchOf, segmentOf } from '../collector/segments.ts';
import { TestHost } from '../collector/test-host.ts';
import { OWN_DIRECTORY } from '../collector/trees.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-source-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Place {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  // Before the server had started.
  utimesSync(file, 1, 1);
  return file;
}

/** A host that has sampled these functions. */
function hostOf(...places: readonly Place[]): TestHost {
  const host = new TestHost();
  const samples = places.map(({ name, file, line, column }, at) => ({
    stack: file === '' ? name : `${name}@${file}:${line}:${column}`,
    at: 100 + at * 10,
  }));
  host.send({ segment: segmentOf(samples, { from: 0, to: 1000 }), requests: batchOf([]) });
  return host;
}

function questionOf({ name, file, line, column }: Place): string {
  return `GET api/v1/source?${new URLSearchParams({ name, file, line: String(line), column: String(column) })}`;
}

async function failureOf(host: TestHost, place: Place): Promise<string> {
  const { status, body } = await host.ask(questionOf(place));
  const { code, error } = JSON.parse(String(body)) as ApiError;
  return `${status} ${code} ${error}`;
}

test('the whole of a small file, and the function’s lines in it', async () => {
  const text = 'const a = 1;\nfunction hot(n) {\n  return n;\n}\nhot();\n';
  const place = { name: 'hot', file: write('small.js', text), line: 2, column: 13 };
  const answer = await hostOf(place).json<SourceAnswer>(questionOf(place));
  assert.deepEqual(
    [answer.firstLine, answer.lines.join('\n'), answer.lineCount, answer.range, answer.origin, answer.isChanged],
    [1, text, 6, { from: 2, to: 4 }, 'disk', false],
  );
  assert.equal(answer.capture, null);
});

test('a file that nobody recorded is not read, whatever it is called', async () => {
  const place = { name: 'hot', file: write('known.js', 'function hot() {}'), line: 1, column: 13 };
  const host = hostOf(place);
  const unrecorded = [
    { ...place, file: '/etc/passwd' },
    { ...place, file: write('unknown.js', 'function hot() {}') },
    { ...place, file: `${folder}/x/../known.js` },
    { ...place, file: `file://${place.file}` },
    { ...place, name: 'other' },
    { ...place, line: 2 },
    { ...place, name: '__proto__', file: '__proto__' },
    { ...place, file: `${place.file}\0` },
  ];
  for (const other of unrecorded)
    assert.match(await failureOf(host, other), /^404 PROFILER_E_NOT_FOUND there is no such function/, other.file);
});

test('what cannot be shown says why', async () => {
  const places = {
    'native code': { name: 'memcpy', file: '', line: 0, column: 0 },
    'Node.js itself': { name: 'emit', file: 'node:events', line: 5, column: 3 },
    'came from no file': { name: 'made', file: 'evalmachine.<anonymous>', line: 1, column: 1 },
    'cannot be read': { name: 'gone', file: join(folder, 'gone.js'), line: 1, column: 1 },
    'fewer lines': { name: 'far', file: write('short.js', 'a\nb'), line: 9, column: 1 },
    'too large': { name: 'device', file: '/dev/zero', line: 1, column: 1 },
  };
  const host = hostOf(...Object.values(places));
  for (const [reason, place] of Object.entries(places))
    assert.match(await failureOf(host, place), new RegExp(`^404 PROFILER_E_SOURCE .*${reason}`));
});

test('the profiler’s own files are not shown', async () => {
  const host = hostOf();
  const [run] = host.collector.runs();
  assert.ok(run);
  await assert.rejects(host.collector.source(`${OWN_DIRECTORY}/agent.cjs`, run), /the profiler itself/);
});

test('a long file is sent in part, around the function; long lines are cut around it', async () => {
  const long = Array.from({ length: 20_000 }, (_line, at) => `line ${at + 1}`);
  long[11_999] = `function hot() {`;
  long[12_001] = '}';
  const place = { name: 'hot', file: write('long.js', long.join('\n')), line: 12_000, column: 13 };
  const bundle = `${'x'.repeat(400_000)}function hot(){return 1}${'y'.repeat(400_000)}`;
  const minified = { name: 'hot', file: write('bundle.js', bundle), line: 1, column: 400_013 };
  const host = hostOf(place, minified);
  const answer = await host.json<SourceAnswer>(questionOf(place));
  assert.deepEqual([answer.lineCount, answer.range], [20_000, { from: 12_000, to: 12_002 }]);
  assert.equal(answer.lines[12_000 - answer.firstLine], 'function hot() {');
  assert.ok(answer.lines.length <= 5000);
  const [only = ''] = (await host.json<SourceAnswer>(questionOf(minified))).lines;
  assert.ok(only.length < 1100 && only.includes('function hot(){return 1}'));
});

test('a file of long lines is sent up to a bound', async () => {
  const place = { name: 'hot', file: write('wide.js', `${'z'.repeat(900)}\n`.repeat(4000)), line: 3900, column: 1 };
  const answer = await hostOf(place).json<SourceAnswer>(questionOf(place));
  assert.ok(answer.lines.join('').length <= 1_001_000, String(answer.lines.join('').length));
  assert.ok(answer.firstLine <= 3900 && answer.firstLine + answer.lines.length > 3900);
});

test('a mapped function’s source is what its map holds, also where there is no such file', async () => {
  const content = 'export function hot(n: number): number {\n  return n;\n}\n';
  const map = JSON.stringify({
    version: 3,
    sources: ['webpack://shop/src/hot.ts'],
    sourcesContent: [content],
    names: [],
    mappings: 'AAAA',
  });
  const url = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  const script = write('mapped.js', `function hot(n){return n}\n//# sourceMappingURL=${url}`);
  const host = hostOf({ name: 'hot', file: script, line: 1, column: 1 });
  const place = { name: 'hot', file: 'webpack://shop/src/hot.ts', line: 1, column: 1 };
  const answer = await host.json<SourceAnswer>(questionOf(place));
  assert.deepEqual([answer.lines.join('\n'), answer.origin, answer.range], [content, 'map', { from: 1, to: 3 }]);
  assert.equal(answer.isChanged, false);
  // The script was built anew under the running server: what the map says now is not what runs.
  utimesSync(script, Date.now() / 1000, Date.now() / 1000);
  assert.equal((await host.json<SourceAnswer>(questionOf(place))).isChanged, true);
});

test('what Node.js holds of a transformed file is what this run’s functions came from, not an earlier run’s', async () => {
  const file = write('held.ts', 'export const hot = (): void => {};');
  const json = JSON.stringify({ version: 3, sources: [file], sourcesContent: ['hot'], names: [], mappings: 'AAAA' });
  const maps = new SourceMaps(async () => json);
  await maps.load(file);
  maps.original(file, 1, 1, 'hot');
  const texts = new SourceTexts({ ownDirectory: OWN_DIRECTORY }, maps);
  utimesSync(file, 2000, 2000);
  assert.equal((await texts.read(file, { startedAt: 1_000_000, isCurrent: true })).isChanged, false);
  assert.equal((await texts.read(file, { startedAt: 1_000_000, isCurrent: false })).isChanged, true);
  assert.equal((await texts.read(file, { startedAt: 3_000_000, isCurrent: false })).isChanged, false);
});

test('a file that was written since the server started says so', async () => {
  const file = write('changed.js', 'function hot() {}');
  const place = { name: 'hot', file, line: 1, column: 13 };
  const host = hostOf(place);
  utimesSync(file, Date.now() / 1000, Date.now() / 1000);
  assert.equal((await host.json<SourceAnswer>(questionOf(place))).isChanged, true);
});

test('wrong parameters are said, and a capture that is none', async () => {
  const host = hostOf();
  for (const query of ['', 'name=', 'name=a&line=x', 'name=a&path=/etc/passwd', 'name=a&capture=0123'])
    assert.equal((await host.ask(`GET api/v1/source?${query}`)).status, 400, query);
});
