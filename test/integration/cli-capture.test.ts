/** `profiler capture` beside a running server. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { CaptureAnswer } from '../../src/api/types.ts';
import { endedCapture } from '../helpers/captures.ts';
import { CLI, runCli } from '../helpers/cli.ts';
import { status, until, using } from '../helpers/host-server.ts';
import { HOST_FIXTURES } from '../helpers/node-process.ts';

const COUNTED = join(HOST_FIXTURES, 'counted.cjs');

const folder = mkdtempSync(join(tmpdir(), 'profiler-cli-capture-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Drives the server while a capture runs. */
async function whileCapturing(url: string, path: string): Promise<void> {
  await until(
    async () => (await status(url)).capture !== null,
    async () => status(url),
  );
  await fetch(`${url}${path}`);
}

test('capture --calls prints the most called functions', async () => {
  await using([COUNTED], {}, async (url) => {
    await fetch(`${url}/kinds/100`);
    const [{ code, stdout, stderr }] = await Promise.all([
      runCli(['capture', '--calls', '2s', url, '--limit', '1000']),
      whileCapturing(url, '/kinds/9'),
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ +calls +entries {2}function$/m);
    assert.match(stdout, /^ +9 +9 {2}plain \(counted\.cjs:\d+\)$/m);
    assert.match(stdout, /^ +9 +36 {2}awaits \(counted\.cjs:\d+\)$/m);
    assert.match(stdout, /^ +- +36 {2}generator \(counted\.cjs:\d+\)$/m);
  });
});

test('capture --lines prints lines below their function, --limit bounds the functions', async () => {
  await using([COUNTED], {}, async (url) => {
    const [{ code, stdout, stderr }] = await Promise.all([
      runCli(['capture', '--lines', '2', url, '--limit', '1']),
      whileCapturing(url, '/lines/900'),
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ +\d+ +[\d.]+ % {2}burnLines \(counted\.cjs:\d+\)\n +\d+ +[\d.]+ % {6}line \d+$/m);
  });
});

test('capture --heap writes pprof or JSON, as the name says', async () => {
  await using([COUNTED], {}, async (url) => {
    for (const name of ['heap.pb.gz', 'heap.json']) {
      const file = join(folder, name);
      const [{ code, stdout, stderr }] = await Promise.all([
        runCli(['capture', '--heap', '2s', url, '--output', file]),
        whileCapturing(url, '/waste/40'),
      ]);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, '');
      const bytes = readFileSync(file);
      if (name.endsWith('.gz')) assert.deepEqual([...bytes.subarray(0, 2)], [0x1f, 0x8b]);
      else {
        const { kind, result } = JSON.parse(bytes.toString('utf8')) as CaptureAnswer;
        assert.equal(kind, 'heap');
        assert.ok(result?.functions.some(({ name: functionName }) => functionName === 'waste'));
      }
    }
  });
});

test('Ctrl-C cancels the capture on the server', async () => {
  await using([COUNTED], {}, async (url) => {
    const child = spawn(process.execPath, [CLI, 'capture', '--calls', '60s', url], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    await until(
      async () => (await status(url)).capture !== null,
      async () => status(url),
    );
    const { id = '' } = (await status(url)).capture ?? {};
    child.kill('SIGINT');
    assert.deepEqual(await exit, [130, null]);
    const { state, reason } = await endedCapture(url, id);
    assert.deepEqual([state, reason], ['cancelled', 'cancelled on request']);
  });
});

test('what is not accepted is said with a code', async () => {
  await using([COUNTED], {}, async (url) => {
    for (const [args, code, pattern] of [
      [[url], 2, /PROFILER_E_USAGE: give one of/],
      [['--calls', '1s', '--heap', '1s', url], 2, /PROFILER_E_USAGE: give one of/],
      [['--calls', 'soon', url], 2, /PROFILER_E_USAGE: .*such as 10s/],
      [['--calls', '0s', url], 1, /PROFILER_E_PARAMETER: seconds is a number from 1 to 300/],
      [['--calls', '1s', 'server.js'], 2, /PROFILER_E_USAGE: .* no URL/],
      [['--calls', '1s', url, '--output', 'x.pb.gz'], 2, /PROFILER_E_USAGE: only a heap/],
    ] as const) {
      const result = await runCli(['capture', ...args]);
      assert.match(result.stderr, pattern);
      assert.equal(result.code, code, args.join(' '));
    }
    const help = await runCli(['capture', '--help']);
    assert.match(help.stdout, /--calls <time>[\s\S]*--lines <time>[\s\S]*--heap <time>/);
  });
});
