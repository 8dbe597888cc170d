/** The `profiler` command, as its users meet it: real processes, real servers, real shells. */

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exporters } from '../../src/export/index.ts';
import { readPprof } from '../../src/export/read-pprof.ts';
import { CLI, runCli, startWithCli } from '../helpers/cli.ts';
import { AGENT_DIST, startServer, type TestServer } from '../helpers/server.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/cli/', import.meta.url));
const SERVER = join(FIXTURES, 'server.cjs');
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const POSIX_ONLY = { skip: process.platform === 'win32' };

const directory = mkdtempSync(join(tmpdir(), 'profiler-cli-'));
after(() => rmSync(directory, { recursive: true }));

interface Started {
  readonly pid: number;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly nodeOptions: string;
}

async function started(server: TestServer): Promise<Started> {
  return (await (await server.get('/started')).json()) as Started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('run', () => {
  test("the server's exit code is the command's", async () => {
    const server = await startWithCli([SERVER]);
    await server.get('/exit/3');
    assert.deepEqual(await ended(server), { code: 3, signal: null });
  });

  test('a signal reaches the server, and both end by it', POSIX_ONLY, async () => {
    const server = await startWithCli([SERVER]);
    const { pid } = await started(server);
    assert.notEqual(pid, server.pid);
    assert.deepEqual(await server.stop(), { code: null, signal: 'SIGTERM' });
    assert.equal(isAlive(pid), false);
  });

  test('to a shell that death is 143', POSIX_ONLY, () => {
    const script = `node "$0" run --quiet "$1" >/dev/null & pid=$!; sleep 1; kill -TERM $pid; wait $pid; echo $?`;
    const { stdout } = spawnSync('sh', ['-c', script, CLI, SERVER], { encoding: 'utf8' });
    assert.equal(stdout, '143\n');
  });

  test('a server with handlers of its own gets each signal once and chooses its exit code', POSIX_ONLY, async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const server = await startWithCli([SERVER, '--graceful']);
      process.kill(server.pid, signal);
      assert.deepEqual(await ended(server), { code: 7, signal: null });
      assert.deepEqual(server.stdout().match(/got \w+/g), [`got ${signal}`]);
    }
  });

  test('Ctrl-C in a terminal reaches the server once', { skip: !hasScriptCommand() }, async () => {
    // script(1) gives the command a terminal of its own; without exec its shell may die of the Ctrl-C, whatever the command does.
    const command = `exec '${process.execPath}' '${CLI}' run --quiet '${SERVER}' --graceful`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    terminal.stdout.on('data', (chunk) => {
      output += chunk;
      if (/PORT \d+\r\n$/.test(output)) terminal.stdin.write('\u0003');
    });
    const [code] = await once(terminal, 'close');
    assert.deepEqual(output.match(/got \w+/g), ['got SIGINT']);
    assert.equal(code, 7);
  });

  test("stdin, stdout and the script's own arguments pass through", async () => {
    const args = ['--port', '3000', '--', '--help', 'a b'];
    const { code, stdout } = await runCli(['run', join(FIXTURES, 'echo.cjs'), ...args], { input: 'to stdin' });
    assert.equal(stdout, `${JSON.stringify(args)}\nto stdin`);
    assert.equal(code, 0);
  });

  test('flags of the profiler are its options, and the URL is printed', async () => {
    const flags = ['--no-quiet', '--path', '/p', '--interval-ms', '5', '--ignore', '/a,/b'];
    const server = await startWithCli([...flags, SERVER], { env: { PROFILER_INTERVAL_MS: '20' } });
    assert.match(server.stderr(), new RegExp(`profiler: ${server.url}/p\n`));
    const { config } = (await (await server.get('/p/api/v1/status')).json()) as { config: Record<string, unknown> };
    assert.deepEqual([config['path'], config['intervalMs'], config['ignore']], ['/p', 5, ['/a', '/b']]);
    await server.stop();
  });

  test('the agent is a flag of the server, which forks inherit and other programs do not', async () => {
    const server = await startWithCli([join(FIXTURES, 'fork.cjs'), 'x']);
    const { args, execArgv, nodeOptions } = await started(server);
    assert.deepEqual(args, ['x']);
    assert.deepEqual([execArgv[0], nodeOptions], ['--import', '']);
    await server.api('status');
    await server.stop();
  });

  test('node with flags of its own', async () => {
    const server = await startWithCli(['node', '--no-deprecation', SERVER]);
    assert.deepEqual((await started(server)).execArgv.slice(2), ['--no-deprecation']);
    await server.api('status');
    await server.stop();
  });

  test('npm start: the server is profiled, and NODE_OPTIONS keeps what it held', async () => {
    const env = { NODE_OPTIONS: '--no-deprecation' };
    const server = await startWithCli(['npm', 'start'], { cwd: FIXTURES, env });
    assert.match((await started(server)).nodeOptions, /^--no-deprecation --import=file:/);
    await server.api('status');
    await server.get('/exit/0');
    assert.deepEqual(await ended(server), { code: 0, signal: null });
  });

  test('--node chooses the Node.js', async () => {
    const { code, stderr } = await runCli(['run', '--node', join(directory, 'no-node'), SERVER]);
    assert.match(stderr, /^profiler: PROFILER_E_SPAWN: cannot start .*no-node: there is no such program\n$/);
    assert.equal(code, 1);
  });

  test('a program that is not there fails with advice', async () => {
    const { code, stderr } = await runCli(['run', 'server'], { cwd: FIXTURES });
    assert.match(stderr, /^profiler: PROFILER_E_SPAWN: .*Did you mean server\.cjs\?\n$/);
    assert.equal(code, 1);
  });
});

describe('stats and export', () => {
  const file = join(directory, 'profile.pb.gz');
  let server: TestServer;

  before(async () => {
    server = await startServer(SERVER);
    for (let i = 0; i < 8; i++) await server.get('/burn');
    // Two readings of a profile are equal only while nothing is added.
    await setRecording(server, false);
    await runCli(['export', server.url, '--format', 'pprof', '--output', file]);
  });
  after(() => server.stop());

  test('a file and its server give the same table', async () => {
    // The recorded time goes on meanwhile, and a tie in a time of 1 ns is none in the file.
    const table = async (from: string): Promise<string> => {
      const { stdout, code } = await runCli(['stats', from, '--sort', 'stdname']);
      assert.equal(code, 0);
      return stdout.replace(/ in [\d.]+ \w+$/m, '');
    };
    const fromFile = await table(file);
    assert.match(fromFile, /server\.cjs:5\(burn\)/);
    for (const url of [server.url, `${server.url}/__profile__/`, String(server.port)])
      assert.equal(await table(url), fromFile);
    const { stdout } = await runCli(['stats', '-', '--sort', 'stdname'], { input: readFileSync(file) });
    assert.equal(stdout.replace(/ in [\d.]+ \w+$/m, ''), fromFile);
  });

  test("repoze.profile's parameters do what they say", async () => {
    const { stdout } = await runCli([
      'stats',
      file,
      '--mode',
      'callers',
      '--sort',
      'cumulative',
      '--limit',
      '2',
      '--fulldirs',
    ]);
    assert.match(stdout, /Ordered by: cumulative time/);
    assert.match(stdout, /due to restriction <2>/);
    assert.match(stdout, /was called by\.\.\./);
    const wall = await runCli(['stats', file, '--metric', 'wall', '--filename', 'no such file']);
    assert.match(wall.stdout, /shown: wall/);
  });

  test('one route', async () => {
    const { stdout } = await runCli(['stats', server.url, '--route', 'GET /burn']);
    assert.match(stdout, /^GET \/burn\n/);
    const unknown = await runCli(['stats', server.url, '--route', 'GET /nope']);
    assert.match(unknown.stderr, /profiler: PROFILER_E_PARAMETER: route=GET \/nope has not been seen\n$/);
  });

  for (const { format } of exporters) {
    test(`export to ${format}: from file and server, to a file and stdout`, async () => {
      const output = join(directory, `out.${format}`);
      for (const from of [file, server.url]) {
        const toFile = await runCli(['export', from, '--format', format, '--output', output]);
        const notes = from === file ? '' : 'profiler: recording is off\n';
        assert.deepEqual([toFile.code, toFile.stdout, toFile.stderr], [0, '', notes]);
        const toStdout = await runCli(['export', from, '-f', format]);
        assert.ok(toStdout.bytes.length > 100);
        if (from === file) assert.deepEqual(toStdout.bytes, readFileSync(output));
        if (format === 'pprof') assert.ok(readPprof(toStdout.bytes).functions.some(({ name }) => name === 'burn'));
        else assert.match(toStdout.stdout, /burn/);
      }
    });
  }

  test('--seconds exports only what is recorded from now on', async () => {
    await setRecording(server, true);
    const exported = runCli(['export', server.url, '--format', 'pprof', '--seconds', '1']);
    let isDone = false;
    void exported.finally(() => {
      isDone = true;
    });
    let sent = 0;
    for (; !isDone; sent++) await server.get('/burn');
    const { bytes, stderr } = await exported;
    assert.equal(stderr, '', 'no progress where there is no terminal');
    const { requests, window } = readPprof(bytes);
    assert.ok(requests > 0 && requests <= sent, `${requests} of ${sent}`);
    assert.ok(window.to - window.from < 5000);
  });

  test('a reader that goes away is no failure', async () => {
    for (const args of [['stats', file], ['export', file, '-f', 'speedscope'], ['--help']]) {
      const { code, stderr } = await runCli(args, { closeStdout: true });
      assert.deepEqual([code, stderr], [0, '']);
    }
  });

  test('a token opens the profiler, from a flag or the environment', async () => {
    const closed = await startServer(SERVER, { env: { PROFILER_TOKEN: 's3cret' } });
    const refused = await runCli(['stats', closed.url], { env: { PROFILER_TOKEN: undefined } });
    assert.match(refused.stderr, /^profiler: PROFILER_E_NO_PROFILER: .*--token/);
    assert.equal(refused.code, 1);
    assert.equal((await runCli(['stats', closed.url, '--token', 's3cret'])).code, 0);
    assert.equal((await runCli(['stats', closed.url], { env: { PROFILER_TOKEN: 's3cret' } })).code, 0);
    await closed.stop();
  });

  test('what cannot be read or reached is said in one line, exit code 1', async () => {
    const text = join(directory, 'text.txt');
    writeFileSync(text, 'no profile at all');
    const failures: readonly (readonly [string, RegExp])[] = [
      [join(directory, 'none.pb.gz'), /PROFILER_E_FILE: .*there is no such file/],
      [text, /PROFILER_E_PROFILE: .*not a readable pprof profile/],
      ['http://127.0.0.1:1', /PROFILER_E_UNREACHABLE: .*nothing listens there/],
    ];
    for (const [from, message] of failures) {
      const { code, stdout, stderr } = await runCli(['stats', from]);
      assert.match(stderr, message);
      assert.deepEqual([code, stdout, stderr.split('\n').length], [1, '', 2]);
    }
    const unwritable = await runCli(['export', file, '-f', 'text', '-o', join(directory, 'no', 'such', 'folder')]);
    assert.match(unwritable.stderr, /^profiler: PROFILER_E_OUTPUT: /);
  });

  test('wrong usage is one line with a suggestion, exit code 2', async () => {
    const usages: readonly (readonly [readonly string[], RegExp])[] = [
      [['statz'], /unknown command 'statz' \(Did you mean stats\?\)/],
      [['stats', file, '--limt', '1'], /unknown option '--limt' \(Did you mean --limit\?\)/],
      [['stats', file, '--sort', 'size'], /Allowed choices are time, cumulative/],
      [['stats', file, '--route', 'GET /'], /--route is for URLs/],
      [['export', file, '-f', 'text', '--seconds', '1'], /--seconds is for URLs/],
      [['export', file], /--format/],
    ];
    for (const [args, message] of usages) {
      const { code, stdout, stderr } = await runCli(args);
      assert.match(stderr, /^profiler: PROFILER_E_USAGE: .*\n$/);
      assert.match(stderr, message);
      assert.deepEqual([code, stdout], [2, '']);
    }
  });
});

describe('env', () => {
  test(
    'evaluated by sh, in a folder with spaces and quotes, it profiles what is started next',
    POSIX_ONLY,
    async () => {
      const folder = join(directory, `it's a "folder" with spaces`);
      mkdirSync(folder);
      cpSync(AGENT_DIST, join(folder, 'dist'), { recursive: true });
      symlinkSync(NODE_MODULES, join(folder, 'node_modules'));
      const script = 'eval "$(node dist/cli.mjs env)" && exec node "$0"';
      const child = spawn('sh', ['-c', script, SERVER], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
      try {
        const url = await new Promise<string>((found, fail) => {
          let said = '';
          child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
            said += chunk;
            const announced = /^profiler: (http\S+)$/m.exec(said)?.[1];
            if (announced !== undefined) found(announced);
          });
          child.on('close', () => fail(new Error(said)));
        });
        assert.equal((await fetch(`${url}/api/v1/status`)).status, 200);
      } finally {
        child.kill();
      }
    },
  );

  test('every shell gets its syntax, and what NODE_OPTIONS held stays', async () => {
    const options = { env: { NODE_OPTIONS: '--no-deprecation' } };
    const shown = async (...args: string[]): Promise<string> => (await runCli(['env', ...args], options)).stdout;
    assert.match(await shown(), /^export NODE_OPTIONS='--no-deprecation --import=file:.*\/register\.mjs'\n$/);
    assert.match(await shown('--shell', 'fish'), /^set -gx NODE_OPTIONS '--no-deprecation /);
    assert.match(await shown('--shell', 'powershell'), /^\$env:NODE_OPTIONS = '--no-deprecation /);
    assert.match(await shown('--shell', 'cmd'), /^set "NODE_OPTIONS=--no-deprecation /);
    assert.match(await shown('--shell', 'none'), /^--no-deprecation --import=file:/);
  });
});

describe('help', () => {
  test('every command has examples, and help is no failure', async () => {
    for (const command of [[], ['run'], ['stats'], ['export'], ['env']]) {
      const { code, stdout, stderr } = await runCli([...command, '--help']);
      assert.match(stdout, /^Usage: profiler /);
      assert.match(stdout, /^Examples:$/m);
      assert.deepEqual([code, stderr], [0, '']);
    }
  });

  test('without a command the help is on stderr, exit code 2', async () => {
    const { code, stdout, stderr } = await runCli([]);
    assert.match(stderr, /^Usage: profiler /);
    assert.deepEqual([code, stdout], [2, '']);
  });

  test("the version is the package's", async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    assert.equal((await runCli(['--version'])).stdout, `${manifest.version}\n`);
  });
});

async function setRecording(server: TestServer, on: boolean): Promise<void> {
  const headers = { 'x-profiler': '1', 'content-type': 'application/json' };
  const { status } = await server.get('/__profile__/api/v1/recording', {
    method: 'POST',
    headers,
    body: JSON.stringify({ on }),
  });
  assert.equal(status, 200);
}

/** Waits for a server that ends by itself. */
async function ended(server: TestServer): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  while (isAlive(server.pid)) await new Promise((next) => setTimeout(next, 20));
  return server.stop();
}

function hasScriptCommand(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /util-linux/.test(
      execFileSync('script', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return false;
  }
}
