/** What captures say of a running server, beside what its functions are known to have done. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { CallsResult } from '../../src/api/types.ts';
import { capturing } from '../helpers/captures.ts';
import { skipUnless } from '../helpers/debian-program.ts';
import { using } from '../helpers/host-server.ts';
import { HOST_FIXTURES } from '../helpers/node-process.ts';

const COUNTED = join(HOST_FIXTURES, 'counted.cjs');
const UI = '/__profile__';
/** Of `callAll`; `keep` is called by 15 of them. */
const ONCE = [
  ...['plain', 'commented', 'arrow', 'oneArgument', 'assigned', 'inner', 'awaits', 'neverAwaits', 'asyncArrow'],
  ...['Kinds', 'method', 'classMethod', 'asyncMethod', 'get property', '#hidden', 'callHidden', 'async', 'callAll'],
];
const TOTAL = 25 + 17;

const folder = mkdtempSync(join(tmpdir(), 'profiler-captures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Two clients at once; before that, enough calls for V8 to have compiled and optimised everything. */
async function countKinds(url: string): Promise<{ readonly id: string; readonly result: CallsResult }> {
  await fetch(`${url}/kinds/500`);
  return capturing(url, 'calls', 2, async () => {
    await Promise.all([fetch(`${url}/kinds/25`), fetch(`${url}/kinds/17`)]);
  });
}

/** @returns `name line -> calls` of the functions of one source file. */
function callsOf({ functions }: CallsResult, file: string): Map<string, number | undefined> {
  return new Map(functions.filter((row) => row.file.endsWith(file)).map(({ name, calls }) => [name, calls]));
}

function lineOf(source: string, text: string): number {
  return source.slice(0, source.indexOf(text)).split('\n').length;
}

test('calls equal planted counts: functions of every kind, across awaits, with two clients at once', async () => {
  await using([COUNTED], {}, async (url) => {
    const { result } = await countKinds(url);
    const calls = callsOf(result, 'counted.cjs');
    assert.deepEqual(
      ONCE.map((name) => [name, calls.get(name)]),
      ONCE.map((name) => [name, TOTAL]),
    );
    assert.equal(calls.get('keep'), 15 * TOTAL);
    assert.equal(calls.get('answer'), 2);
    assert.ok(!calls.has('burnLines'), 'what was not called is not there');
    const generator = result.functions.find(({ name }) => name === 'generator');
    assert.equal(generator?.calls, undefined, 'its calls are not known, and not made up');
    assert.equal(generator?.entries, 4 * TOTAL);
    assert.equal(result.functions.find(({ name }) => name === 'awaits')?.entries, 4 * TOTAL);
    assert.ok(!result.functions.some(({ file }) => file.includes('/dist/')), 'nothing of the profiler itself');
    assert.equal(result.truncated, 0);
  });
});

test('calls in a minified bundle of one line stand at the names, files and lines of its sources', async () => {
  const outfile = join(folder, 'bundle.cjs');
  buildSync({
    entryPoints: [COUNTED],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: true,
    platform: 'node',
    target: 'node20',
  });
  assert.ok(readFileSync(outfile, 'utf8').split('\n').length < 8);
  await using([outfile], {}, async (url) => {
    const { result } = await countKinds(url);
    const source = readFileSync(COUNTED, 'utf8');
    for (const [name, text] of [
      ['plain', 'function plain'],
      ['awaits', 'async function awaits'],
      ['asyncMethod', 'async asyncMethod'],
      ['classMethod', 'static classMethod'],
      ['neverAwaits', 'async function neverAwaits'],
    ] as const) {
      const row = result.functions.find((candidate) => candidate.name === name && candidate.file === COUNTED);
      assert.deepEqual([name, row?.calls, row?.line], [name, TOTAL, lineOf(source, text)]);
    }
  });
});

test('calls in TypeScript that tsx transforms in memory stand at its own lines', async () => {
  const file = join(folder, 'counted.cts');
  const types = 'interface Shape {\n  readonly sides: number;\n}\ntype Named = { name: string };\n';
  writeFileSync(file, `${types}${readFileSync(COUNTED, 'utf8')}`);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  await using(['--import', tsx, file], {}, async (url) => {
    const { result } = await countKinds(url);
    const source = readFileSync(file, 'utf8');
    for (const [name, text] of [
      ['plain', 'function plain'],
      ['awaits', 'async function awaits'],
      ['asyncMethod', 'async asyncMethod'],
      ['method', '  method('],
    ] as const) {
      const row = result.functions.find((candidate) => candidate.name === name && candidate.file === file);
      assert.deepEqual([name, row?.calls, row?.line], [name, TOTAL, lineOf(source, text)]);
    }
  });
});

test('a function that V8 had picked out to optimise, and that was not called again before, is counted right', async () => {
  // Without this flag V8 replaces the loop while it runs, and picks out the function only now and then.
  await using(['--no-use-osr', COUNTED], {}, async (url) => {
    await fetch(`${url}/lines/300`);
    const { result } = await capturing(url, 'calls', 2, async () => {
      for (let i = 0; i < 4; i++) await fetch(`${url}/lines/50`);
    });
    assert.equal(callsOf(result, 'counted.cjs').get('burnLines'), 4);
  });
});

test('stats of a capture of calls have ncalls and percall of just that time', async () => {
  await using([COUNTED], {}, async (url) => {
    await fetch(`${url}/lines/300`);
    const { id } = await capturing(url, 'calls', 2, async () => {
      for (let i = 0; i < 4; i++) await fetch(`${url}/lines/100`);
    });
    const text = await (await fetch(`${url}${UI}/stats?capture=${id}`)).text();
    const [, calls, tottime, percall] =
      /^ +(\d+) +([\d.]+) +([\d.]+) .*counted\.cjs:\d+\(burnLines\)$/m.exec(text) ?? [];
    assert.match(text, /^ +ncalls +tottime +percall/m);
    assert.equal(calls, '4', text);
    assert.ok(Math.abs(Number(tottime) / Number(calls) - Number(percall)) < 0.001, text);
    assert.ok(Number(tottime) > 0 && Number(tottime) < 0.6, 'the time before the capture is not in it');
    assert.match(await (await fetch(`${url}${UI}/stats`)).text(), /^ +samples +tottime/m);
    for (const query of [`capture=${id}&route=GET%20/`, `capture=${id}&from=1`, 'capture=none'])
      assert.equal((await fetch(`${url}${UI}/stats?${query}`)).status, 400, query);
  });
});

test('line figures sum to their function, and the hot line is first', async () => {
  await using([COUNTED], {}, async (url) => {
    const { result } = await capturing(url, 'lines', 2, async () => {
      await fetch(`${url}/lines/1200`);
    });
    const source = readFileSync(COUNTED, 'utf8');
    for (const row of result.functions)
      assert.equal(
        row.lines.reduce((sum, line) => sum + line.samples, 0),
        row.samples,
        row.name,
      );
    const [first] = result.functions;
    assert.equal(first?.name, 'burnLines');
    assert.equal(first?.lines[0]?.line, lineOf(source, '// the hot line'));
    assert.ok((first?.lines[0]?.samples ?? 0) > 0.8 * (first?.samples ?? 0));
    assert.ok((first?.samples ?? 0) > 150, `${first?.samples} samples in 1200 ms`);
    assert.equal(
      result.samples,
      result.functions.reduce((sum, row) => sum + row.samples, 0),
    );
  });
});

const go = await skipUnless('go', ['version'], null);

test('a heap capture finds a planted leak, tells it from garbage, and go tool pprof opens it', go, async () => {
  await using([COUNTED], {}, async (url) => {
    const seconds = 4;
    let leakedInSecondHalf = 0;
    const { id, result } = await capturing(url, 'heap', seconds, async () => {
      const start = performance.now();
      while (performance.now() - start < seconds * 1000 - 400) {
        await fetch(`${url}/leak/1`);
        await fetch(`${url}/waste/2`);
        if (performance.now() - start > (seconds * 1000) / 2) leakedInSecondHalf++;
        await delay(40);
      }
    });
    const [first] = result.functions;
    assert.equal(first?.name, 'leak');
    const megabytes = (first?.inUseBytes ?? 0) / 2 ** 20;
    assert.ok(
      Math.abs(megabytes - leakedInSecondHalf) < 0.25 * leakedInSecondHalf,
      `${megabytes} MB of ${leakedInSecondHalf}`,
    );
    const waste = result.functions.find(({ name }) => name === 'waste');
    assert.ok(waste && waste.allocatedBytes > 1.3 * (first?.allocatedBytes ?? 0), 'twice as much is allocated there');
    assert.ok(waste.inUseBytes < 0.2 * (first?.inUseBytes ?? 0), 'and nothing is left of it');

    const file = join(folder, 'heap.pb.gz');
    const download = await fetch(`${url}${UI}/api/v1/captures/${id}?format=pprof`);
    writeFileSync(file, new Uint8Array(await download.arrayBuffer()));
    for (const index of ['inuse_space', 'inuse_objects', 'alloc_space', 'alloc_objects']) {
      const env = { ...process.env, PPROF_TMPDIR: folder, XDG_CONFIG_HOME: folder };
      const args = ['tool', 'pprof', '-top', `-sample_index=${index}`, file];
      const { stdout } = await promisify(execFile)('go', args, { env });
      assert.match(stdout, new RegExp(`Type: ${index}[^]*\\b${index.startsWith('inuse') ? 'leak' : 'waste'}\\b`));
    }
  });
});

test('debug/pprof/heap answers as Go does, with seconds', async () => {
  await using([COUNTED], {}, async (url) => {
    const response = await fetch(`${url}${UI}/debug/pprof/heap?seconds=1`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="heap-delta"');
    assert.deepEqual([...new Uint8Array(await response.arrayBuffer()).slice(0, 2)], [0x1f, 0x8b]);
  });
});
