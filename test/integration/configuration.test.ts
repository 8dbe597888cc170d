/** Wrong configuration, a path that clashes, an address in use: one clear line each, and the application does not suffer. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import type { StatusAnswer } from '../../src/api/types.ts';
import { status, UI, until, usingRoutes } from '../helpers/host-server.ts';
import type { NodeProcess } from '../helpers/node-process.ts';

const temporary = mkdtempSync(join(tmpdir(), 'profiler-configuration-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

let folders = 0;
function newFolder(): string {
  const folder = join(temporary, String(++folders));
  mkdirSync(folder);
  return folder;
}

/** The agent's lines on stderr, without the one that names the URL. */
function complaints(server: NodeProcess): string[] {
  return server
    .stderr()
    .split('\n')
    .filter((line) => line !== '' && !/^profiler: (?:https?:\/\/|unix:)/.test(line));
}

describe('the configuration', () => {
  it('with a wrong key and a wrong value: one line each names file, line, key and what is accepted; the server starts', async () => {
    const folder = newFolder();
    const file = join(folder, 'profiler.ini');
    writeFileSync(file, '[profiler]\npth = /elsewhere\ninterval_ms = soon\nignore = /static/*\n');
    await usingRoutes({ cwd: folder }, async (url, server) => {
      const { problems, config } = await status(url);
      assert.equal(problems.length, 2);
      assert.match(problems[0] ?? '', new RegExp(`^${file}:2: .*pth.*path`));
      assert.match(problems[1] ?? '', new RegExp(`^${file}:3: interval_ms = "soon" .* from 1 to 1000.*10`));
      assert.deepEqual(
        complaints(server),
        problems.map((problem) => `profiler: ${problem}`),
      );
      assert.equal(config['intervalMs'], 10);
      assert.deepEqual(config['ignore'], ['/static/*']);
    });
  });

  it('that cannot be read: one line, the server starts with the defaults', async () => {
    const folder = newFolder();
    for (const file of [join(folder, 'missing.ini'), folder]) {
      await usingRoutes({ env: { PROFILER_CONFIG: file } }, async (url, server) => {
        const { problems } = await status(url);
        assert.equal(problems.length, 1);
        assert.ok(problems[0]?.startsWith(`${file}: `), problems[0]);
        assert.deepEqual(complaints(server), [`profiler: ${problems[0]}`]);
      });
    }
  });

  it('that is not for this user: one line', { skip: process.getuid?.() === 0 }, async () => {
    const folder = newFolder();
    const file = join(folder, 'profiler.ini');
    writeFileSync(file, '[profiler]\n');
    chmodSync(file, 0);
    await usingRoutes({ cwd: folder }, async (_url, server) => assert.equal(complaints(server).length, 1));
  });

  it('with a wrong variable: one line names it', async () => {
    await usingRoutes({ env: { PROFILER_ACCESS: 'everyone', PROFILER_INTERVAL: '5' } }, async (_url, server) => {
      const lines = complaints(server);
      assert.equal(lines.length, 2);
      assert.ok(
        lines.some((line) => /PROFILER_INTERVAL\b.*PROFILER_INTERVAL_MS/.test(line)),
        lines.join('\n'),
      );
      assert.ok(
        lines.some((line) => /PROFILER_ACCESS = "everyone".*local, token, open, off/.test(line)),
        lines.join('\n'),
      );
    });
  });

  it('with a log file that cannot be written: one line and a problem, the server goes on', async () => {
    const log = join(temporary, 'no such folder/server.pprof');
    await usingRoutes({ env: { PROFILER_LOG_FILENAME: log } }, async (url, server) => {
      await fetch(`${url}/burn/1`);
      const said = async (): Promise<boolean> => (await status(url)).problems.some((problem) => problem.includes(log));
      await until(said, async () => (await status(url)).problems);
      assert.equal(complaints(server).length, 1);
      assert.equal((await fetch(`${url}/burn/1`)).status, 200);
    });
  });
});

describe('the path of the page', () => {
  it("that is one of the application's own: one line and a problem once a refused visitor got the application's page", async () => {
    await usingRoutes(
      {},
      async (url, server) => {
        const refused = { headers: { 'x-forwarded-for': '10.0.0.1' } };
        assert.equal(await (await fetch(`${url}${UI}`, refused)).text(), 'a page of the application');
        await until(
          async () => (await status(url)).problems.length > 0,
          async () => server.stderr(),
        );
        await fetch(`${url}${UI}`, refused);
        const { problems } = await status(url);
        assert.match(problems[0] ?? '', /^the application answers \/__profile__ itself \(status 200\)/);
        assert.deepEqual(complaints(server), [`profiler: ${problems[0]}`]);
      },
      [UI],
    );
  });

  it('that the application knows nothing of: no complaint', async () => {
    await usingRoutes({}, async (url, server) => {
      const refused = { headers: { 'x-forwarded-for': '10.0.0.1' } };
      assert.equal((await fetch(`${url}${UI}`, refused)).status, 404);
      assert.deepEqual((await status(url)).problems, []);
      assert.deepEqual(complaints(server), []);
    });
  });

  it('can be another, for everything below it', async () => {
    await usingRoutes({ env: { PROFILER_PATH: '/hidden/profile/', PROFILER_QUIET: 'false' } }, async (url, server) => {
      await server.printed(/^profiler: .*\/hidden\/profile$/m);
      assert.equal((await fetch(`${url}/hidden/profile/api/v1/status`)).status, 200);
      assert.equal((await fetch(`${url}/hidden/profiles`)).status, 404);
      assert.equal(await (await fetch(`${url}${UI}`)).text(), `nothing at ${UI}`);
    });
  });
});

describe('the extra address of listen', () => {
  it('in use: one line and a problem, the application serves on', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await usingRoutes({ env: { PROFILER_LISTEN: `127.0.0.1:${port}` } }, async (url, server) => {
      await until(
        async () => (await status(url)).problems.length === 1,
        async () => server.stderr(),
      );
      const { problems } = await status(url);
      assert.match(problems[0] ?? '', new RegExp(`^listen = 127\\.0\\.0\\.1:${port} .*EADDRINUSE`));
      assert.deepEqual(complaints(server), [`profiler: ${problems[0]}`]);
      assert.equal((await fetch(`${url}/burn/1`)).status, 200);
    });
    holder.close();
  });

  it('free: is printed and answers only the page, for whoever may see it', async () => {
    await usingRoutes({ env: { PROFILER_LISTEN: '127.0.0.1:0', PROFILER_QUIET: 'false' } }, async (url, server) => {
      const lines = (): string[] =>
        [...server.stderr().matchAll(/^profiler: (http:\S+)$/gm)].map(([, found]) => found ?? '');
      await until(
        async () => lines().length === 2,
        async () => server.stderr(),
      );
      const own = lines().find((line) => !line.startsWith(url)) ?? '';
      await fetch(`${url}/burn/1`);
      assert.equal((await fetch(`${own}/api/v1/status`)).status, 200);
      assert.equal((await fetch(own.replace(UI, '/burn/1'))).status, 404);
      assert.equal((await fetch(own, { headers: { 'x-forwarded-for': '10.0.0.1' } })).status, 404);
    });
  });

  it('a unix socket: only its user may connect, and then needs no more; one left behind is replaced', async () => {
    const socketPath = join(temporary, 'profiler.sock');
    for (let start = 0; start < 2; start++) {
      await usingRoutes({ env: { PROFILER_LISTEN: socketPath, PROFILER_QUIET: 'false' } }, async (_url, server) => {
        await server.printed(/unix:.*profiler\.sock/);
        assert.equal(statSync(socketPath).mode & 0o777, 0o600);
        const [answer] = (await once(get({ socketPath, path: `${UI}/api/v1/status` }), 'response')) as [
          IncomingMessage,
        ];
        assert.equal(answer.statusCode, 200);
        assert.equal((JSON.parse(await text(answer)) as StatusAnswer).problems.length, 0);
      });
    }
  });
});
