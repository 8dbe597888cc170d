import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import { readPprof } from '../../src/export/read-pprof.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { HOST_FIXTURES, type NodeProcess, startNode } from '../helpers/node-process.ts';

const SEED = fileURLToPath(new URL('../unit/config/seed-paste.ini', import.meta.url));
const SERVICE = '/opt/stack/keystone';
const FILES_TIMEOUT_MS = 40_000;

const temporary = mkdtempSync(join(tmpdir(), 'profiler-paste-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

/** The seed's words as they are; only the service's folder is one that exists. */
function seedFor(service: string): string {
  const text = readFileSync(SEED, 'utf8');
  assert.ok(text.includes(`log_filename = ${SERVICE}/keystone.profile`));
  return text.replaceAll(SERVICE, service);
}

for (const place of ['./profiler.ini', 'PROFILER_CONFIG']) {
  describe(`the Paste Deploy file of repoze.profile, as ${place}`, () => {
    let service: string;
    let server: NodeProcess;
    let url: string;
    let log: string;
    let cachegrind: string;

    beforeEach(async () => {
      service = mkdtempSync(join(temporary, 'service-'));
      log = join(service, 'keystone.profile');
      cachegrind = join(service, 'cachegrind.out.keystone');
      const elsewhere = join(service, 'etc');
      mkdirSync(elsewhere);
      const config =
        place === 'PROFILER_CONFIG' ? join(elsewhere, 'keystone-paste.ini') : join(service, 'profiler.ini');
      writeFileSync(config, seedFor(service));
      server = startNode([join(HOST_FIXTURES, 'ends.cjs')], {
        cwd: service,
        env: {
          PROFILER_DISCARD_FIRST_REQUEST: undefined,
          PROFILER_QUIET: undefined,
          ...(place === 'PROFILER_CONFIG' ? { PROFILER_CONFIG: config } : {}),
        },
      });
      url = await server.url();
      await fetch(`${url}/burn/300`);
      await fetch(`${url}/last/300/nothing`);
    });
    afterEach(async () => {
      server.kill('SIGKILL');
      await server.exit;
    });

    const api = async (path: string): Promise<unknown> => (await fetch(`${url}/__profile__/api/v1/${path}`)).json();
    async function waitForFiles(): Promise<void> {
      for (let waited = 0; waited < FILES_TIMEOUT_MS && !existsSync(cachegrind); waited += 50) await delay(50);
    }

    it('is understood without a complaint', async () => {
      const { problems, config } = (await api('status')) as StatusAnswer;
      assert.deepEqual(problems, []);
      assert.equal(server.stderr(), `profiler: ${url}/__profile__\n`);
      const { logFilename, cachegrindFilename, discardFirstRequest, flushAtShutdown, path } = config;
      assert.deepEqual(
        { logFilename, cachegrindFilename, discardFirstRequest, flushAtShutdown, path },
        {
          logFilename: log,
          cachegrindFilename: cachegrind,
          discardFirstRequest: true,
          flushAtShutdown: true,
          path: '/__profile__',
        },
      );
    });

    it('shows the table at its path, without the first request', async () => {
      const table = await (await fetch(`${url}/__profile__`, { headers: { accept: 'text/plain' } })).text();
      assert.match(table, /burnLast/);
      const { routes } = (await api('routes')) as RoutesAnswer;
      assert.deepEqual(
        routes.filter(({ requests }) => requests > 0).map(({ route, requests }) => [route, requests]),
        [['GET /last/:id/nothing', 1]],
      );
      const { sampling, requests } = (await api('status')) as StatusAnswer;
      assert.equal(requests.ended, 2);
      assert.ok(sampling.discarded.warmup > 10, `${sampling.discarded.warmup} samples were discarded`);
    });

    it('keeps log_filename, gzipped pprof, while the server runs and deletes it at shutdown', async () => {
      await waitForFiles();
      const bytes = readFileSync(log);
      assert.deepEqual([bytes[0], bytes[1]], [0x1f, 0x8b]);
      const profile: Profile = readPprof(bytes);
      assert.ok(profile.functions.some(({ name }) => name === 'burnLast'));
      assert.ok(!profile.routes.includes('GET /burn/:id'));
      server.kill('SIGTERM');
      assert.deepEqual(await server.exit, { code: null, signal: 'SIGTERM' });
      assert.deepEqual(
        readdirSync(service).filter((name) => name.includes('keystone')),
        ['cachegrind.out.keystone'],
      );
    });

    it('leaves cachegrind_filename in callgrind format', async () => {
      server.kill('SIGTERM');
      await server.exit;
      const text = readFileSync(cachegrind, 'utf8');
      assert.match(text, /^# callgrind format\n/);
      assert.match(text, /^events: /m);
      assert.match(text, /fn=.*burnLast/);
    });
  });
}
