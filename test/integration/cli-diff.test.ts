/** `profiler diff` as its users meet it: real servers, real files, the exit code of the gate. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findExporter } from '../../src/export/index.ts';
import type { ProfileDiff } from '../../src/profile/diff.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { sendTraffic } from '../accuracy/traffic.ts';
import { runCli } from '../helpers/cli.ts';
import { runTrial, type Trial } from '../helpers/diff-trial.ts';
import { parseTree } from '../helpers/profiles.ts';
import { startServer } from '../helpers/server.ts';
import { type SimulatedServer, simulate } from '../helpers/simulated-profiles.ts';

const EXIT_SLOWER = 3;
const directory = mkdtempSync(join(tmpdir(), 'profiler-cli-diff-'));
after(() => rmSync(directory, { recursive: true }));

let trial: Trial;
before(async () => {
  // Twice the work: a few seconds of a busy machine tell that from nothing. A tenth takes `npm run bench:diff`.
  trial = await runTrial(join(directory, 'trial'), { planted: 2, starts: 8, requests: 500, warmup: 500 });
});

function write(name: string, profile: Profile, format = 'pprof'): string {
  const exporter = findExporter(format);
  assert.ok(exporter);
  const file = join(directory, name);
  writeFileSync(file, exporter.encode(profile, { metric: 'cpu' }));
  return file;
}

async function diffOf(...args: string[]): Promise<ProfileDiff> {
  const { code, stdout, stderr } = await runCli(['diff', ...args, '--format', 'json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as ProfileDiff;
}

function changed({ rows }: ProfileDiff): string[] {
  return rows.filter(({ verdict }) => verdict !== 'same').map(({ info, verdict }) => `${info.name} ${verdict}`);
}

test('real servers under load: what was planted is found, and is no surprise beside its callers', async () => {
  const names = changed(await diffOf(trial.baseline.folder, trial.planted.folder));
  assert.ok(names.includes('rankBySimilarity slower'), String(names));
  assert.deepEqual(
    names.filter((name) => /^(?:filterByPrice|sumByGroup|renderPage) slower$/.test(name)),
    [],
  );
});

test('real servers under load: the same program twice passes the gate', async () => {
  const { code, stdout } = await runCli(['diff', trial.baseline.folder, trial.same.folder, '--fail-above', '25%']);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /no function is slower/);
  assert.match(stdout, /gate: passed\n$/);
});

test('the gate fails with its own exit code and says what is slower, in text, markdown and JSON', async () => {
  for (const [format, pattern] of [
    ['text', /gate: FAILED, slower by more than 25%: .*rankBySimilarity \(server\.cjs:\d+\)/],
    ['markdown', /### Slower\n\n\| change .*\n\|.*\n(?:\|.*\n)*\|.*rankBySimilarity/],
    ['json', /"failure":"slower by more than 25%: .*rankBySimilarity/],
  ] as const) {
    const args = ['diff', trial.baseline.folder, trial.planted.folder, '--fail-above', '25%', '--format', format];
    const { code, stdout, stderr } = await runCli(args);
    assert.equal(code, EXIT_SLOWER, stderr);
    assert.match(stdout, pattern);
  }
});

test('a tenth is caught by a gate at 5 percent, and let through by one at 20', async () => {
  const server: SimulatedServer = {
    costs: { rank: 1, filter: 0.5, render: 0.7, parse: 0.4 },
    requestsPerSlice: 1500,
    slices: 12,
    drift: 0.05,
    starts: 12,
  };
  const { before: old, after: now } = simulate(server, { rank: 1.1 }, 7);
  for (const [side, slices] of Object.entries({ old, now })) {
    mkdirSync(join(directory, side));
    for (const [index, slice] of slices.entries()) write(join(side, `${String(index).padStart(2, '0')}.pb.gz`), slice);
  }
  const gate = async (at: string): Promise<number | null> =>
    (await runCli(['diff', join(directory, 'old'), join(directory, 'now'), '--fail-above', at])).code;
  assert.deepEqual([await gate('5%'), await gate('20%')], [EXIT_SLOWER, 0]);
});

test('a URL: two running servers, with slices of time', async () => {
  const servers = await Promise.all([1, 2].map(() => startServer('test/fixtures/diff/server.cjs')));
  try {
    for (const { port } of servers) await sendTraffic(port, [{ method: 'GET', path: '/search' }], 200, 2);
    const [one, other] = servers.map(({ url }) => url);
    const { requests, unit } = await diffOf(one ?? '', other ?? '', '--route', 'GET /search');
    assert.deepEqual([requests, unit], [{ before: 200, after: 200 }, 'request']);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});

test('any pprof and .cpuprofile, of node --cpu-prof as well', async () => {
  const folder = mkdtempSync(join(directory, 'cpu-prof-'));
  const script = join(folder, 'burn.cjs');
  writeFileSync(
    script,
    'function burn() { let sum = 0; for (let i = 0; i < 3e8; i++) sum += i % 7; return sum; }\nburn();\n',
  );
  execFileSync(process.execPath, ['--cpu-prof', '--cpu-prof-dir', folder, script], { env: {} });
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? '');
  const { unit, rows } = await diffOf(file, file);
  assert.equal(unit, 'share');
  const burn = rows.find(({ info }) => info.name === 'burn');
  assert.ok((burn?.total.before ?? 0) > 0.5, JSON.stringify(burn));
  const ours = parseTree(
    'f @/srv/a.js:1:1 samples=9 cpu=9000000 wall=9000000\n  g @/srv/b.js:2:2 samples=4 cpu=4000000 wall=4000000',
  );
  const both = await diffOf(write('x.pb.gz', ours), write('x.cpuprofile', ours, 'cpuprofile'));
  assert.deepEqual(both.rows.map(({ info, before: old, after: now }) => [info.name, old.selfNs, now.selfNs]).sort(), [
    ['f', 9_000_000, 9_000_000],
    ['g', 4_000_000, 4_000_000],
  ]);
});

test('a folder without profiles, a percentage that is none and a file that is no profile are said in a line', async () => {
  const empty = mkdtempSync(join(directory, 'empty-'));
  cpSync(new URL(import.meta.url), join(empty, 'not-a-profile.ts'));
  for (const [args, code, pattern] of [
    [[empty, empty], 1, /PROFILER_E_FILE: .* has no profile in it/],
    [[empty, empty, '--fail-above', 'much'], 2, /Give a percentage such as 5%/],
    [[join(empty, 'not-a-profile.ts'), empty], 1, /PROFILER_E_PROFILE/],
  ] as const) {
    const result = await runCli(['diff', ...args]);
    assert.equal(result.code, code);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.split('\n').length, 2);
  }
});
