/**
 * The real readers of our formats open our files and report the totals of our own table: go tool pprof, callgrind_annotate,
 * speedscope (its published page, in jsdom) and Chrome DevTools' CPU profile model (its published sources).
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { findExporter } from '../../src/export/index.ts';
import { CallTreeBuilder, ROOT } from '../../src/profile/call-tree-builder.ts';
import { type FunctionInfo, METRICS, type Metric, type Profile } from '../../src/profile/profile.ts';
import { statsRows } from '../../src/profile/stats.ts';
import { metricColumn, sumColumn } from '../../src/profile/totals.ts';
import { skipUnless } from '../helpers/debian-program.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { arbitraryProfile, METADATA, parseTree, WILD_NAMES } from '../helpers/profiles.ts';
import { startServer } from '../helpers/server.ts';

const run = promisify(execFile);
const MAX_OUTPUT = 64 << 20;

const SHOP = parseTree(`
  (program) 7
  (garbage collector) 31
  handle @/srv/shop/server.js:12:3 samples=2 cpu=21000000 wall=22000000
    authenticate @/srv/shop/auth.js:4:1 samples=11 cpu=110000000 wall=111000000
      pbkdf2Sync @node:internal/crypto/pbkdf2:70:20 samples=90 cpu=900000000 wall=902000000
    findOrders @/srv/shop/orders.js:8:1 samples=1 cpu=9000000 wall=10000000
      query @/srv/shop/node_modules/pg/lib/client.js:500:9 samples=4 cpu=41000000 wall=42000000
        SELECT-orders samples=0 wait=830000000 waits=40
    render @/srv/shop/views.js:20:1 samples=3 cpu=30000000 wall=31000000
      walk @/srv/shop/views.js:40:5 samples=8 cpu=80000000 wall=81000000
        walk @/srv/shop/views.js:40:5 samples=16 cpu=160000000 wall=162000000
          escape @/srv/shop/node_modules/@hapi/hoek/lib/escape.js:3:1 samples=5 cpu=50000000 wall=51000000
            walk @/srv/shop/views.js:40:5 samples=2 cpu=20000000 wall=21000000
          (garbage collector) 4
        (anonymous) @/srv/shop/views.js:44:18 samples=6 cpu=60000000 wall=61000000
      (anonymous) @/srv/shop/views.js:61:7 samples=9 cpu=91000000 wall=92000000
  processTicksAndRejections @node:internal/process/task_queues:72:35 samples=1 cpu=10000000 wall=10000000
    findOrders @/srv/shop/orders.js:8:1 samples=12 cpu=121000000 wall=122000000
`);

/** Recursion, cycles, functions of one name and nodes without time abound in these; the seed keeps them the same. */
const GENERATED = fc.sample(arbitraryProfile(), { seed: 20, numRuns: 6 });
const PROFILES = [SHOP, ...GENERATED];

const folder = mkdtempSync(join(tmpdir(), 'profiler-consumers-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Figures {
  readonly self: number;
  readonly total: number;
}
type Rows = ReadonlyMap<string, Figures>;

/** Writes a file per profile and metric; the format decides about the name, as a download would. */
function exportAll(format: string, profiles: readonly Profile[], metric: Metric): string[] {
  const exporter = findExporter(format);
  assert.ok(exporter);
  return profiles.map((profile, index) => {
    const path = join(folder, `${index}-${metric}${exporter.extension}`);
    writeFileSync(path, exporter.encode(profile, { metric }));
    return path;
  });
}

function ourRows(profile: Profile, metric: Metric, keyOf: (info: FunctionInfo) => string, nsPerUnit = 1): Rows {
  return new Map(
    statsRows(profile, metric).map(({ info, selfNs, totalNs }) => [
      keyOf(info),
      { self: selfNs / nsPerUnit, total: totalNs / nsPerUnit },
    ]),
  );
}

/** Readers leave out what has no time; everything else has to be there, and nothing more. */
function assertSameRows(actual: Rows, expected: Rows, tolerance: number, what: string): void {
  for (const key of actual.keys()) assert.ok(expected.has(key), `${what}: no such function: ${key}`);
  for (const [key, { self, total }] of expected) {
    const found = actual.get(key) ?? { self: 0, total: 0 };
    assert.ok(Math.abs(found.self - self) <= tolerance, `${what}: ${key}: own ${found.self}, expected ${self}`);
    assert.ok(Math.abs(found.total - total) <= tolerance, `${what}: ${key}: total ${found.total}, expected ${total}`);
  }
}

/** Every function of a profile in which each of the odd names is one, nested three deep. */
function profileOfOddNames(): Profile {
  const builder = new CallTreeBuilder();
  for (const [index, name] of WILD_NAMES.entries()) {
    const info: FunctionInfo = { name, file: `/srv/${name}.js`, line: index + 1, column: 1, category: 'app' };
    const outer = builder.child(ROOT, builder.addFunction(info));
    const inner = builder.child(
      outer,
      builder.addFunction({ ...info, file: '', line: 0, column: 0, category: 'native' }),
    );
    builder.addSelf(inner, { samples: 1, cpuNs: 1000, wallNs: 1000 });
  }
  return builder.build({ ...METADATA, routes: WILD_NAMES });
}

// go tool pprof

const go = await skipUnless('go', ['version'], null);

async function pprof(...args: string[]): Promise<string> {
  // Its settings and temporary files are kept out of the home directory.
  const env = { ...process.env, PPROF_TMPDIR: folder, XDG_CONFIG_HOME: folder };
  return (await run('go', ['tool', 'pprof', ...args], { env, maxBuffer: MAX_OUTPUT })).stdout;
}

for (const metric of METRICS) {
  test(`go tool pprof -top reports our totals of ${metric} time`, go, async () => {
    const files = exportAll('pprof', PROFILES, metric);
    for (const [index, profile] of PROFILES.entries()) {
      const flags = [
        '-top',
        '-lines',
        '-showcolumns',
        '-unit=ns',
        '-trim=false',
        '-nodecount=100000',
        `-sample_index=${metric}`,
      ];
      const report = await pprof(...flags, files[index] ?? '');
      const rows = new Map<string, Figures>();
      for (const line of report.split('\n')) {
        const [, self, total, name] =
          /^\s*([\d.]+)(?:ns)? +\S+% +\S+% +([\d.]+)(?:ns)? +\S+% {2}(.*)$/.exec(line) ?? [];
        if (name !== undefined) rows.set(name, { self: Number(self), total: Number(total) });
      }
      assertSameRows(rows, ourRows(profile, metric, pprofLineOf), 0, `profile ${index}`);
    }
  });
}

function pprofLineOf({ name, file, line, column }: FunctionInfo): string {
  if (file === '') return name;
  const place = line > 0 ? `:${line}${column > 0 ? `:${column}` : ''}` : '';
  const short = /node_modules\/(.*)$/.exec(file)?.[1] ?? (file.startsWith('node:') ? file : file.replace(/^.*\//, ''));
  return `${name === '(anonymous)' ? `(anonymous ${short}${place})` : name} ${file}${place}`;
}

test('go tool pprof shows the route, the sampling interval and every odd name', go, async () => {
  const [shop = '', odd = ''] = exportAll('pprof', [SHOP, profileOfOddNames()], 'cpu');
  assert.match(await pprof('-tags', shop), /route: Total .*\n.*GET \/users\/:id/);
  const raw = await pprof('-raw', shop);
  assert.match(raw, /PeriodType: wall nanoseconds\nPeriod: 10000000\n/);
  assert.match(raw, /samples\/count cpu\/nanoseconds\[dflt\] wall\/nanoseconds wait\/nanoseconds waits\/count/);
  assert.match(await pprof('-top', odd), new RegExp(`of ${WILD_NAMES.length * 1000}ns|of ${WILD_NAMES.length}us`));
});

test('go tool pprof scrapes a running server: CPU by route, two at once, each with its own window', go, async () => {
  const server = await startServer('test/fixtures/diff/server.cjs');
  try {
    const scrape = (report: string, seconds: number): Promise<string> =>
      pprof(report, `${server.url}/__profile__/debug/pprof/profile?seconds=${seconds}`);
    const scrapes = Promise.all([scrape('-tags', 5), scrape('-top', 2)]);
    const isDone = scrapes.then(() => true);
    for (
      let sent = 0;
      !(await Promise.race([isDone, server.get(sent % 2 === 0 ? '/search' : '/report')]).then((done) => done === true));
      sent++
    );
    const [tags, top] = await scrapes;
    for (const route of ['GET /search', 'GET /report']) assert.ok(tags.includes(route), tags);
    assert.match(top, /Type: cpu\n[\s\S]* rankBySimilarity$/m);
  } finally {
    await server.stop();
  }
});

// callgrind_annotate

const valgrind = await skipUnless('callgrind_annotate', ['--version'], 'valgrind');
const CALLGRIND_EVENTS = { Cpu: 'cpu', Wall: 'wall', Wait: 'wait' } as const;

async function annotate(
  file: string,
  inclusive: 'yes' | 'no',
  event: string,
): Promise<{ rows: string[]; stderr: string }> {
  const flags = [`--inclusive=${inclusive}`, '--auto=no', `--show=${event}`, `--sort=${event}:100`];
  const { stdout, stderr } = await run('callgrind_annotate', [...flags, file], { cwd: folder, maxBuffer: MAX_OUTPUT });
  return { rows: stdout.split('\n').filter((line) => /^\s*[\d,]+ .*\[.*\]$/.test(line)), stderr };
}

for (const [event, metric] of Object.entries(CALLGRIND_EVENTS)) {
  test(`callgrind_annotate reports our totals of ${metric} time, with and without callees`, valgrind, async () => {
    const files = exportAll('callgrind', PROFILES, metric);
    for (const [index, profile] of PROFILES.entries()) {
      const read = async (inclusive: 'yes' | 'no'): Promise<Map<string, number>> => {
        const { rows, stderr } = await annotate(files[index] ?? '', inclusive, event);
        assert.equal(stderr, '');
        return new Map(
          rows.map((line) => {
            const [, cost = '', name = ''] = /^\s*([\d,]+)(?: \(.*?%\))? +(.*) \[.*\]$/.exec(line) ?? [];
            return [name, Number(cost.replaceAll(',', ''))];
          }),
        );
      };
      const [own, withCallees] = [await read('no'), await read('yes')];
      for (const read of [own, withCallees]) read.delete('???:(root)');
      const rows = [...new Set([...own.keys(), ...withCallees.keys()])].map((name): [string, Figures] => [
        name,
        { self: own.get(name) ?? 0, total: withCallees.get(name) ?? 0 },
      ]);
      assertSameRows(new Map(rows), ourRows(profile, metric, callgrindNameIn(profile)), 0, `profile ${index}`);
    }
  });
}

/** Callgrind knows functions by file and name; those that share both have their place in the name. */
function callgrindNameIn({ functions }: Profile): (info: FunctionInfo) => string {
  return ({ name, file, line, column }) => {
    const sharers = functions.filter((other) => other.name === name && other.file === file);
    return `${file === '' ? '???' : file}:${name}${sharers.length > 1 ? `:${line}:${column}` : ''}`;
  };
}

test('callgrind_annotate reads every odd name without a complaint', valgrind, async () => {
  const [file = ''] = exportAll('callgrind', [profileOfOddNames()], 'cpu');
  const { rows, stderr } = await annotate(file, 'yes', 'Cpu');
  assert.equal(stderr, '');
  assert.equal(rows.filter((row) => / 1,000 \(/.test(` ${row}`)).length, 2 * WILD_NAMES.length);
});

// speedscope

interface SavedSpeedscope {
  readonly shared: { frames: { name: string; file?: string; line?: number; col?: number }[] };
  readonly profiles: { name: string; endValue: number; events: { type: 'O' | 'C'; frame: number; at: number }[] }[];
  readonly activeProfileIndex: number;
}

async function openInSpeedscope(files: readonly string[]): Promise<SavedSpeedscope[]> {
  const script = join(await installFixture('consumers'), 'read-with-speedscope.mjs');
  return JSON.parse((await run(process.execPath, [script, ...files], { maxBuffer: MAX_OUTPUT })).stdout);
}

type SpeedscopeFrame = SavedSpeedscope['shared']['frames'][number];

/** Own and total time per frame of a saved profile: it holds when each frame opens and closes. */
function speedscopeRows(
  saved: SavedSpeedscope,
  profileName: string | null,
  keyOf: (frame: SpeedscopeFrame) => string,
): Rows {
  const rows = new Map<string, { self: number; total: number }>();
  const open: { key: string; at: number; inner: number }[] = [];
  const profile = saved.profiles.find(({ name }) => profileName === null || name === profileName);
  for (const { type, frame, at } of profile?.events ?? []) {
    if (type === 'O') {
      open.push({ key: keyOf(saved.shared.frames[frame] ?? { name: '' }), at, inner: 0 });
      continue;
    }
    const closed = open.pop();
    assert.ok(closed);
    const duration = at - closed.at;
    const row = rows.get(closed.key) ?? { self: 0, total: 0 };
    row.self += duration - closed.inner;
    if (open.every(({ key }) => key !== closed.key)) row.total += duration;
    rows.set(closed.key, row);
    const caller = open.at(-1);
    if (caller) caller.inner += duration;
  }
  assert.equal(open.length, 0);
  return rows;
}

const placeOf = ({ name, file, line, column }: FunctionInfo): string => `${name}|${file}|${line}|${column}`;
const framePlaceOf = ({ name, file = '', line = 0, col = 0 }: SpeedscopeFrame): string =>
  `${name}|${file}|${line}|${col}`;

test('speedscope opens our speedscope file with our totals of every metric, the asked one first', async () => {
  const documents = await openInSpeedscope(exportAll('speedscope', PROFILES, 'wall'));
  for (const [index, profile] of PROFILES.entries()) {
    const saved = documents[index];
    assert.ok(saved);
    assert.equal(saved.profiles[saved.activeProfileIndex]?.name, 'wall');
    for (const metric of METRICS) {
      assertSameRows(
        speedscopeRows(saved, metric, framePlaceOf),
        ourRows(profile, metric, placeOf),
        0,
        `profile ${index} ${metric}`,
      );
    }
  }
});

test('speedscope opens our cpuprofile with our totals', async () => {
  const documents = await openInSpeedscope(exportAll('cpuprofile', PROFILES, 'wall'));
  for (const [index, profile] of PROFILES.entries()) {
    const saved = documents[index];
    assert.ok(saved);
    const expected = ourRows(profile, 'wall', (info) => placeOf({ ...info, file: urlOf(info.file) }), 1000);
    assertSameRows(speedscopeRows(saved, null, framePlaceOf), expected, 1, `profile ${index}`);
  }
});

test('speedscope opens our pprof file with our totals of CPU time', async () => {
  const documents = await openInSpeedscope(exportAll('pprof', [SHOP], 'cpu'));
  const rows = documents[0]
    ? speedscopeRows(documents[0], null, ({ name, file = '', line }) => `${name}|${file}|${line}`)
    : new Map();
  assertSameRows(
    rows,
    ourRows(SHOP, 'cpu', (info) => `${pprofLineOf(info).split(' /')[0]?.split(' node:')[0]}|${info.file}|${info.line}`),
    0,
    'shop',
  );
});

test('speedscope opens our folded stacks with our totals in microseconds', async () => {
  const documents = await openInSpeedscope(exportAll('collapsed', PROFILES, 'wall'));
  for (const [index, profile] of PROFILES.entries()) {
    const saved = documents[index];
    assert.ok(saved);
    const expected = ourRows(
      profile,
      'wall',
      ({ name, file, line, column }) => {
        const place = line > 0 ? `:${line}${column > 0 ? `:${column}` : ''}` : '';
        return file === '' ? name : `${name} (${file}${place})`;
      },
      1000,
    );
    assertSameRows(
      speedscopeRows(saved, null, ({ name }) => name),
      expected,
      1,
      `profile ${index}`,
    );
  }
});

test('speedscope opens our callgrind file with the same grand total of every event', async () => {
  const [saved] = await openInSpeedscope(exportAll('callgrind', [SHOP], 'cpu'));
  assert.ok(saved);
  for (const [event, metric] of Object.entries(CALLGRIND_EVENTS)) {
    const imported: { endValue: number } | undefined = saved.profiles.find(({ name }) => name.endsWith(`-- ${event}`));
    const expected = sumColumn(metricColumn(SHOP.nodes.self, metric));
    assert.equal(imported?.endValue, expected, event);
  }
});

test('speedscope opens files with odd names in every format', async () => {
  const odd = [profileOfOddNames()];
  const files = ['speedscope', 'cpuprofile', 'pprof', 'collapsed'].flatMap((format) => exportAll(format, odd, 'cpu'));
  const documents = await openInSpeedscope(files);
  for (const [index, { profiles }] of documents.entries()) {
    assert.ok([WILD_NAMES.length * 1000, WILD_NAMES.length].includes(profiles[0]?.endValue ?? 0), files[index]);
  }
});

// Chrome DevTools

interface DevToolsRow {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
  readonly selfMs: number;
  readonly totalMs: number;
}

for (const metric of METRICS) {
  test(`Chrome DevTools reads our cpuprofile with our totals of ${metric} time, in its flame chart and in its trees`, async () => {
    const script = join(await installFixture('consumers'), 'read-with-devtools.mjs');
    const files = exportAll('cpuprofile', PROFILES, metric);
    const { stdout } = await run(process.execPath, [script, ...files], { maxBuffer: MAX_OUTPUT });
    const results: { timeline: DevToolsRow[]; nodes: DevToolsRow[] }[] = JSON.parse(stdout);
    for (const [index, profile] of PROFILES.entries()) {
      const expected = ourRows(profile, metric, (info) => placeOf({ ...info, file: urlOf(info.file) }), 1000);
      for (const view of ['timeline', 'nodes'] as const) {
        const rows = results[index]?.[view].map((row): [string, Figures] => [
          `${row.functionName}|${row.url}|${row.lineNumber + 1}|${row.columnNumber + 1}`,
          { self: row.selfMs * 1000, total: row.totalMs * 1000 },
        ]);
        assertSameRows(new Map(rows), expected, 1, `profile ${index} ${view}`);
      }
    }
  });
}

function urlOf(file: string): string {
  return file.startsWith('/') ? pathToFileURL(file).href : file;
}
