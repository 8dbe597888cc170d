/**
 * Real database servers for tests: one process each, on a free port of the loopback address, with an empty folder of its own. They come from
 * Debian's packages, which are installed where that is possible.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { skipUnless } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { lock } from './install-fixture.ts';

const START_TIMEOUT_MS = 60_000;
const run = promisify(execFile);

export interface Database {
  readonly port: number;
  /** As a client takes it. */
  readonly url: string;
  /** Resolves when the server has ended. */
  stop(): Promise<void>;
}

export interface DatabaseServer {
  /** Test options that skip with the reason where the server is not to be had. */
  availability(): Promise<{ skip: string | false }>;
  start(): Promise<Database>;
}

export const postgresql: DatabaseServer = {
  availability: () => availability('postgres', 'postgresql'),
  async start() {
    const folder = await emptyFolder();
    // It refuses to run as root.
    const [as, owner] = await unprivileged('postgres');
    if (owner) chownSync(folder, owner.uid, owner.gid);
    const initdb = [
      ...as,
      programPath('initdb'),
      '-D',
      folder,
      '-U',
      'test',
      '--auth=trust',
      '--no-sync',
      '-E',
      'UTF8',
    ];
    await run(initdb[0] as string, initdb.slice(1), { cwd: folder });
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
    const modules = ['shared_preload_libraries=pg_stat_statements', 'track_io_timing=off'];
    const flags = [...settings, ...modules].flatMap((setting) => ['-c', setting]);
    const command = [...as, programPath('postgres'), '-D', folder, '-p', String(port), ...flags];
    const stop = await started(command, folder, /ready to accept connections/, 'SIGINT');
    return { port, url: `postgres://test@127.0.0.1:${port}/postgres`, stop };
  },
};

export const mariadb: DatabaseServer = {
  availability: () => availability('mariadbd', 'mariadb-server'),
  async start() {
    const folder = await emptyFolder();
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    const data = ['--no-defaults', `--datadir=${folder}`, ...user];
    await run(programPath('mariadb-install-db'), [
      ...data,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]);
    const port = await freePort();
    const network = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${folder}/s`, `--pid-file=${folder}/pid`];
    const command = [programPath('mariadbd'), ...data, ...network, '--innodb-flush-log-at-trx-commit=0'];
    const stop = await started(command, folder, /ready for connections/, 'SIGTERM');
    return { port, url: `mysql://root@127.0.0.1:${port}/mysql`, stop };
  },
};

export const redis: DatabaseServer = {
  availability: () => availability('redis-server', 'redis-server'),
  async start() {
    const folder = await emptyFolder();
    const port = await freePort();
    const flags = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
    const command = [programPath('redis-server'), ...flags];
    const stop = await started(command, folder, /Ready to accept connections/, 'SIGTERM');
    return { port, url: `redis://127.0.0.1:${port}`, stop };
  },
};

async function availability(program: string, debianPackage: string): Promise<{ skip: string | false }> {
  const isThere = (): boolean => programPath(program) !== program;
  if (isThere()) return { skip: false };
  // One installation at a time: Debian's installer refuses a second.
  const unlock = await lock('debian-packages');
  try {
    const options = await skipUnless(programPath(program), ['--version'], debianPackage);
    // What Debian installs may stand outside of PATH.
    return isThere() ? { skip: false } : options;
  } finally {
    await unlock();
  }
}

/** In PATH, or where Debian puts programs that it keeps several versions of, and those for administrators. */
function programPath(program: string): string {
  const versions = '/usr/lib/postgresql';
  const kept = entriesOf(versions).map((version) => join(versions, version, 'bin'));
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...kept.toSorted().reverse(), '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? program;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns what precedes a command so that root runs it as `user`, and who that is. */
async function unprivileged(user: string): Promise<[command: string[], owner?: { uid: number; gid: number }]> {
  if (process.getuid?.() !== 0) return [[]];
  const [uid = 0, gid = 0] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, user])).stdout)),
  );
  return [['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'], { uid, gid }];
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'profiler-database-'));
  await chmod(folder, 0o755);
  return folder;
}

/** Resolves when the server says that it is ready. @returns what ends it and removes its folder. */
async function started(
  command: readonly string[],
  folder: string,
  ready: RegExp,
  signal: NodeJS.Signals,
): Promise<() => Promise<void>> {
  const child = spawn(command[0] as string, command.slice(1), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  // A test that dies must not leave its servers behind.
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    child.kill(signal);
    await ended;
    process.removeListener('exit', kill);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await whenReady(child, ended, ready);
  } catch (error) {
    kill();
    await stop();
    throw error;
  }
  return stop;
}

async function whenReady(child: ChildProcess, ended: Promise<unknown>, ready: RegExp): Promise<void> {
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const said = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (ready.test(text)) resolve();
      });
    timer = setTimeout(() => reject(new Error(`was not ready in ${START_TIMEOUT_MS} ms:\n${text}`)), START_TIMEOUT_MS);
    child.once('error', reject);
    ended.then(
      () => reject(new Error(`${child.spawnfile} ended before it was ready:\n${text}`)),
      () => undefined,
    );
  });
  try {
    await said;
  } finally {
    clearTimeout(timer);
  }
}
