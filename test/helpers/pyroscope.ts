/**
 * A real Grafana Pyroscope, built from its published source with the machine's Go tool chain, once, and started on loopback with an empty
 * folder.
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const MODULE = 'github.com/grafana/pyroscope';
const VERSION = 'v1.12.0';
/** In its repository the API lies beside it, in the published module it does not: the release of the same days. */
const API_VERSION = 'v1.1.0';
const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url));
const BINARY = join(CACHE, `pyroscope-${VERSION}`);
/** It waits 15 s after its start before it takes anything. */
const START_TIMEOUT_MS = 90_000;
/** Parts of it find each other by address, even in one process. */
const RINGS = [
  'ingester.lifecycler.addr',
  'compactor.ring.instance-addr',
  'distributor.ring.instance-addr',
  'overrides-exporter.ring.instance-addr',
  'query-frontend.instance-addr',
  'query-scheduler.ring.instance-addr',
  'store-gateway.sharding-ring.instance-addr',
];

export interface Pyroscope {
  readonly url: string;
  stop(): Promise<void>;
}

/** Builds the server unless that was done before; takes minutes. @throws with Go's output */
async function build(): Promise<void> {
  if (existsSync(BINARY)) return;
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod -buildvcs=false' };
  const folder = mkdtempSync(join(tmpdir(), 'pyroscope-source-'));
  const go = (...args: string[]): Promise<{ stdout: string }> =>
    run('go', args, { cwd: folder, env, maxBuffer: 64 << 20 });
  try {
    const { stdout } = await go('mod', 'download', '-json', `${MODULE}@${VERSION}`);
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    cpSync(Dir, folder, { recursive: true });
    await run('chmod', ['-R', 'u+w', folder]);
    rmSync(join(folder, 'go.work'), { force: true });
    await go('mod', 'edit', `-dropreplace=${MODULE}/api`, `-require=${MODULE}/api@${API_VERSION}`);
    await go('build', '-o', `${BINARY}.new`, './cmd/pyroscope');
    renameSync(`${BINARY}.new`, BINARY);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startPyroscope(): Promise<Pyroscope> {
  await build();
  const folder = mkdtempSync(join(tmpdir(), 'pyroscope-'));
  const [http, grpc, gossip] = await Promise.all([freePort(), freePort(), freePort()]);
  writeFileSync(join(folder, 'config.yaml'), configOf(folder, { http, grpc, gossip }));
  const flags = RINGS.map((ring) => `-${ring}=127.0.0.1`);
  const child = spawn(BINARY, [`-config.file=${join(folder, 'config.yaml')}`, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-20_000);
  });
  const url = `http://127.0.0.1:${http}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = Date.now() + START_TIMEOUT_MS; ; await delay(500)) {
    const answer = await fetch(`${url}/ready`).catch(() => null);
    if (answer?.ok) return { url, stop };
    if (child.exitCode === null && Date.now() < end) continue;
    await stop();
    throw new Error(`Pyroscope did not start: ${log}`);
  }
}

function configOf(folder: string, ports: { http: number; grpc: number; gossip: number }): string {
  return JSON.stringify({
    server: {
      http_listen_address: '127.0.0.1',
      http_listen_port: ports.http,
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: ports.grpc,
    },
    memberlist: { bind_addr: ['127.0.0.1'], bind_port: ports.gossip, advertise_addr: '127.0.0.1' },
    pyroscopedb: { data_path: join(folder, 'data') },
    storage: { backend: 'filesystem', filesystem: { dir: join(folder, 'shared') } },
    analytics: { reporting_enabled: false },
    self_profiling: { disable_push: true },
  });
}
