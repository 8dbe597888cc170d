/** `profiler view`: the page's own API on saved profiles, for this machine only, and nothing that was not given. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { DiffAnswer, ProfileAnswer, RoutesAnswer } from '../../src/api/types.ts';
import { findExporter } from '../../src/export/index.ts';
import type { ProfileMetadata } from '../../src/profile/call-tree-builder.ts';
import { CLI, runCli } from '../helpers/cli.ts';
import { parseTree } from '../helpers/profiles.ts';
import { requestCounts } from '../helpers/routes.ts';
import { startServer } from '../helpers/server.ts';

const directory = mkdtempSync(join(tmpdir(), 'profiler-view-'));
after(() => rmSync(directory, { recursive: true }));

function write(name: string, drawing: string, format = 'pprof', metadata: Partial<ProfileMetadata> = {}): string {
  const file = join(directory, name);
  const exporter = findExporter(format);
  assert.ok(exporter);
  writeFileSync(file, exporter.encode(parseTree(drawing, metadata), { metric: 'cpu' }));
  return file;
}

const BEFORE = write('before.pb.gz', 'f @/srv/a.js:1:1 300\n  g @/srv/a.js:9:1 200');
const BEFORE_ROUTE = encodeURIComponent('before.pb.gz: GET /users/:id');
const AFTER = write('after.cpuprofile', 'f @/srv/a.js:1:1 samples=9 cpu=9000000 wall=9000000', 'cpuprofile');

/** Runs the command until it is interrupted. */
async function viewing(args: readonly string[], use: (url: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [CLI, 'view', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  try {
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.endsWith('\n')) break;
    }
    assert.match(said, /^http:\/\/127\.0\.0\.1:\d+\/view\/\n$/);
    await use(said.trim());
  } finally {
    child.kill('SIGINT');
  }
  const [code, signal] = await closed;
  assert.deepEqual([code, signal], [null, 'SIGINT']);
}

async function json<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Answer;
}

test('several files are several routes of one page, to be selected, summed and compared', () =>
  viewing([BEFORE, AFTER], async (url) => {
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<script type="module"/);
    const { routes } = await json<RoutesAnswer>(`${url}api/v1/routes`);
    assert.deepEqual(
      routes.map(({ route, requests, cpuMs }) => [route, requests, cpuMs]),
      [
        ['after.cpuprofile', 0, 9],
        ['before.pb.gz: GET /users/:id', 10, 0.005],
      ],
    );
    const profile = await json<ProfileAnswer>(`${url}api/v1/profile?route=${BEFORE_ROUTE}`);
    assert.deepEqual(profile.functions.map(({ name }) => name).sort(), ['f', 'g']);
    const { rows } = await json<DiffAnswer>(`${url}api/v1/diff?route=after.cpuprofile&base.route=${BEFORE_ROUTE}`);
    assert.deepEqual(rows.map(({ info }) => info.name).sort(), ['f', 'g']);
    assert.match(await (await fetch(`${url}stats`)).text(), /a\.js:1\(f\)/);
  }));

test('our own file keeps its routes with their requests; a folder is all profiles in it; a server is copied', async () => {
  const log = join(directory, 'runs', 'app.pb.gz');
  mkdirSync(join(directory, 'runs'));
  writeFileSync(join(directory, 'runs', 'secret.txt'), 'not a profile');
  const env = { PROFILER_LOG_FILENAME: log };
  const server = await startServer('test/fixtures/diff/server.cjs', { env });
  for (let index = 0; index < 30; index++) {
    await server.get('/search');
    await server.get('/report');
  }
  await requestCounts(server);
  const expected = ['GET /report 30', 'GET /search 30'];
  const shown = async (url: string): Promise<string[]> => {
    const { routes } = await json<RoutesAnswer>(`${url}api/v1/routes`);
    return routes
      .filter(({ requests }) => requests > 0)
      .map(({ route, requests }) => `${route} ${requests}`)
      .sort();
  };
  await viewing([server.url], async (url) => assert.deepEqual(await shown(url), expected));
  const exported = join(directory, 'exported.pb.gz');
  assert.equal((await runCli(['export', server.url, '--format', 'pprof', '--output', exported])).code, 0);
  const again = join(directory, 'exported-again.pb.gz');
  assert.equal((await runCli(['export', exported, '--format', 'pprof', '--output', again])).code, 0);
  for (const file of [exported, again])
    await viewing([file], async (url) => assert.deepEqual(await shown(url), expected));
  await server.stop();
  await viewing([join(directory, 'runs')], async (url) => {
    assert.deepEqual(await shown(url), expected);
    const { functions } = await json<ProfileAnswer>(`${url}api/v1/profile?route=GET%20%2Fsearch`);
    const names = functions.map(({ name }) => name);
    assert.ok(!names.includes('sumByGroup') && !names.includes('GET /search'), String(names));
  });
});

test('a file that has the sum of several routes is shown under its own name', () => {
  const file = write('sum.pb.gz', 'f @/srv/a.js:1:1 300', 'pprof', { routes: ['GET /a', 'GET /b'], requests: 5 });
  return viewing([file], async (url) => {
    const { routes } = await json<RoutesAnswer>(`${url}api/v1/routes`);
    assert.deepEqual(
      routes.map(({ route, requests }) => [route, requests]),
      [['sum.pb.gz', 5]],
    );
  });
});

test('nothing is recorded, changed or captured', () =>
  viewing([BEFORE], async (url) => {
    for (const [path, body, status] of [
      ['api/v1/clear', '', 400],
      ['api/v1/recording', '{"on":true}', 400],
      ['api/v1/captures', '{"kind":"heap","seconds":1}', 409],
    ] as const) {
      const response = await fetch(`${url}${path}`, { method: 'POST', body, headers: { 'x-profiler': '1' } });
      assert.equal(response.status, status);
      assert.match(await response.text(), /this is a saved profile/);
    }
    assert.equal((await fetch(`${url}debug/pprof/profile?seconds=1`)).status, 500);
  }));

test('only this machine, naming itself, speaking for itself; and no file by any path', () =>
  viewing([BEFORE], async (url) => {
    const { port } = new URL(url);
    const asking = (headers: Record<string, string>, path = '/view/api/v1/status'): Promise<number> =>
      new Promise((done, fail) => {
        get({ host: '127.0.0.1', port, path, headers }, (response) => {
          response.resume();
          done(response.statusCode ?? 0);
        }).on('error', fail);
      });
    assert.equal(await asking({}), 200);
    assert.equal(await asking({ host: 'evil.example' }), 404);
    assert.equal(await asking({ 'x-forwarded-for': '1.2.3.4' }), 404);
    for (const path of [
      '/view/assets/../../../../etc/passwd',
      '/view/..%2f..%2fetc%2fpasswd',
      '/view//etc/passwd',
      `/view${BEFORE}`,
      `${BEFORE}`,
      '/view/assets/%2e%2e/cli.mjs',
    ])
      assert.equal(await asking({}, path), 404, path);
  }));

test('what cannot be read, is no profile, or a port that is taken, is said in a line', () =>
  viewing([BEFORE], async (url) => {
    const text = join(directory, 'text.pb.gz');
    writeFileSync(text, 'hello');
    for (const [args, code, pattern] of [
      [[join(directory, 'none.pb.gz')], 1, /PROFILER_E_FILE/],
      [[text], 1, /PROFILER_E_PROFILE/],
      [[BEFORE, '--port', new URL(url).port], 2, /PROFILER_E_USAGE: port \d+ cannot be used/],
      [[BEFORE, '--port', '70000'], 2, /Give a port/],
    ] as const) {
      const result = await runCli(['view', ...args]);
      assert.deepEqual([result.code, result.stderr.split('\n').length], [code, 2], result.stderr);
      assert.match(result.stderr, pattern);
    }
  }));
