/**
 * `npm run bench:stacks`: the same requests under profilers that have V8's own stacks and under this one: how much of the work of an async
 * handler, and of what it awaits, stands below it. Needs a build; @platformatic/flame needs Node.js 22.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readPprof } from '../src/export/read-pprof.ts';
import type { Profile } from '../src/profile/profile.ts';
import {
  HANDLERS,
  type HandlerShares,
  type NotedRequest,
  treeShares,
  trueShares,
  type V8Profile,
  v8Shares,
} from '../test/accuracy/handler-shares.ts';
import { sendTraffic } from '../test/accuracy/traffic.ts';
import { V8_FLAGS } from '../test/accuracy/v8-flags.ts';
import { type ServerOptions, startServer, type TestServer } from '../test/helpers/server.ts';

const SERVER = 'test/accuracy/servers/waits.mjs';
const REQUESTS = 6000;
const CONCURRENCY = 50;
const FLAME = fileURLToPath(new URL('fixtures/node_modules/@platformatic/flame/preload.js', import.meta.url));
const FLAME_MIN_NODE = 22;
const FLAME_PATIENCE_MS = 20_000;

interface Measured {
  readonly truth: HandlerShares;
  readonly found: HandlerShares;
}

async function main(): Promise<void> {
  const rows = new Map<string, Measured | string>([
    ['.cpuprofile (V8, DevTools, --cpu-prof)', await measure({ profiled: false }, readV8, '/v8-start')],
    ['@platformatic/flame', await measureFlame()],
    ['profiler', await measure({ env: { PROFILER_WAITS: 'all', PROFILER_INTERVAL_MS: '2' } }, readOurs)],
  ]);
  console.log(
    `Work below each handler, of all work; ${REQUESTS} requests, ${CONCURRENCY} at a time, Node.js ${process.version}\n`,
  );
  console.log(`| profiler | ${HANDLERS.map((name) => `${name}: truth | found`).join(' | ')} |`);
  console.log(`| --- |${HANDLERS.map(() => ' ---: | ---: |').join('')}`);
  for (const [name, row] of rows) {
    const cells =
      typeof row === 'string'
        ? [row]
        : HANDLERS.flatMap((handler) => [percent(row.truth.get(handler)), percent(row.found.get(handler))]);
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

async function measure(
  options: ServerOptions,
  read: (server: TestServer) => Promise<HandlerShares>,
  first?: string,
): Promise<Measured> {
  const server = await startServer(SERVER, { ...options, nodeArgs: [...(options.nodeArgs ?? []), ...V8_FLAGS] });
  try {
    if (first !== undefined) await server.get(first);
    const plan = ['/order', '/report'].map((path) => ({ method: 'GET', path }) as const);
    await sendTraffic(server.port, plan, REQUESTS, CONCURRENCY);
    const found = await read(server);
    return { truth: trueShares((await (await server.get('/truth')).json()) as NotedRequest[]), found };
  } finally {
    await server.stop();
  }
}

async function readV8(server: TestServer): Promise<HandlerShares> {
  return v8Shares((await (await server.get('/v8-stop')).json()) as V8Profile);
}

async function readOurs(server: TestServer): Promise<HandlerShares> {
  return treeShares((await server.api('profile')) as Profile).shares;
}

async function measureFlame(): Promise<Measured | string> {
  if (Number.parseInt(process.versions.node, 10) < FLAME_MIN_NODE) return `needs Node.js ${FLAME_MIN_NODE}`;
  if (!existsSync(FLAME)) return 'is not installed: npm run bench installs it';
  const folder = mkdtempSync(join(tmpdir(), 'flame-'));
  try {
    const options: ServerOptions = {
      profiled: false,
      nodeArgs: ['--require', FLAME],
      env: { FLAME_AUTO_START: 'true' },
      cwd: folder,
    };
    return await measure(options, async (server) => {
      // It writes its files when it is told to stop.
      process.kill(server.pid, 'SIGUSR2');
      return treeShares(readPprof(await readWhenWritten(folder))).shares;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readWhenWritten(folder: string): Promise<Uint8Array> {
  for (const end = Date.now() + FLAME_PATIENCE_MS; Date.now() < end; await sleep(200)) {
    const name = readdirSync(folder).find((candidate) => /^cpu-.*\.pb$/.test(candidate));
    if (name !== undefined) {
      // Its name is there before its content.
      await sleep(1000);
      return readFileSync(join(folder, name));
    }
  }
  throw new Error('flame wrote no profile');
}

function percent(share = 0): string {
  return `${(share * 100).toFixed(1)} %`;
}

await main();
