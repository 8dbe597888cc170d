/**
 * Installs the npm packages of one folder of test/fixtures, once: later calls, in this process or another, return at once
 * while the folder's package.json and package-lock.json stay the same.
 */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
/** Outside the fixture, because `npm ci` removes node_modules, and git-ignored. */
const LOCKS = fileURLToPath(new URL('../../.cache/install-fixture/', import.meta.url));
const LOCK_POLL_MS = 200;
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/**
 * @param name the folder below test/fixtures that holds a package.json; may be nested: `frameworks/express-4`
 * @returns the folder's absolute path, its node_modules complete. Commit the package-lock.json that the first call writes.
 * @throws with npm's own output when the installation fails
 */
export async function installFixture(name: string): Promise<string> {
  const folder = join(FIXTURES, name);
  if (await isInstalled(folder)) return folder;
  const unlock = await lock(name);
  try {
    // Another process may have installed it while this one waited for the lock.
    if (!(await isInstalled(folder))) await install(folder);
  } finally {
    await unlock();
  }
  return folder;
}

async function install(folder: string): Promise<void> {
  const command = (await readOrEmpty(join(folder, 'package-lock.json'))) === '' ? 'install' : 'ci';
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  try {
    await npm([command, ...flags], folder);
  } catch (error) {
    // One more try: registries have passing faults, and a test run should not fail for one.
    process.stderr.write(`install-fixture: npm ${command} failed in ${folder}, trying again: ${messageOf(error)}\n`);
    await npm([command, ...flags], folder);
  }
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await writeFile(stampPath(folder), await manifestHash(folder));
}

export async function npm(args: readonly string[], cwd: string): Promise<void> {
  // What an outer `npm test` or a profiled parent puts into the environment is meant for them, not for this installation.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) =>
        !/^(npm_(?!config_(cache|registry|cafile|(user|global)config|(https?_?)?proxy|noproxy)$)|NODE_OPTIONS$)/i.test(
          key,
        ),
    ),
  );
  const program = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(program, args, {
    cwd,
    env,
    timeout: INSTALL_TIMEOUT_MS,
    maxBuffer: 64 << 20,
    shell: process.platform === 'win32',
  });
}

async function isInstalled(folder: string): Promise<boolean> {
  return (await readOrEmpty(stampPath(folder))) === (await manifestHash(folder));
}

function stampPath(folder: string): string {
  return join(folder, 'node_modules', '.install-fixture');
}

/** @throws when the folder has no package.json: a wrong name must not look like an empty fixture */
async function manifestHash(folder: string): Promise<string> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  const lockfile = await readOrEmpty(join(folder, 'package-lock.json'));
  return createHash('sha256').update(manifest).update('\0').update(lockfile).digest('hex');
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** A lock between processes, by any name: a file that holds its owner's pid. The lock of a process that has died is taken over. */
export async function lock(name: string): Promise<() => Promise<void>> {
  const path = join(LOCKS, `${name.replaceAll(/[\\/]/g, '+')}.lock`);
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(own, String(process.pid));
  try {
    // A hard link appears at once and with its content, which `open` with O_EXCL followed by a write does not.
    while (!(await tryLink(own, path))) {
      if (!isAlive(Number(await readOrEmpty(path)))) await takeAway(path, own);
      else await delay(LOCK_POLL_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(path, { force: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead process's lock; puts it back when another process was faster and the lock is alive again. */
async function takeAway(path: string, own: string): Promise<void> {
  const taken = `${own}.taken`;
  try {
    await rename(path, taken);
  } catch {
    return;
  }
  if (isAlive(Number(await readOrEmpty(taken)))) await tryLink(taken, path);
  await rm(taken, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? error.message : stderr;
}
