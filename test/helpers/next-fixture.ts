/** Installs and builds the Next.js application of test/fixtures/next-latest, once for each version of Next.js until a source changes. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installFixture } from './install-fixture.ts';

const MAIN = 'next-latest';
const NOT_SOURCES = new Set(['.next', '.gitignore', '.npmrc', 'next-env.d.ts', 'node_modules', 'package.json']);
const BUILD_TIMEOUT_MS = 5 * 60_000;

export interface NextFixture {
  readonly folder: string;
  /** The program `next`. */
  readonly program: string;
}

/** @param name `next-latest` or `next-previous` */
export async function nextFixture(name: string): Promise<NextFixture> {
  const folder = await installFixture(name);
  const program = join(folder, 'node_modules/next/dist/bin/next');
  const main = join(folder, '..', MAIN);
  const sources = (await readdir(main)).filter((entry) => !NOT_SOURCES.has(entry));
  const stamp = await hashOf(main, [...sources, 'package.json']);
  const stampFile = join(folder, '.next', 'fixture-stamp');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return { folder, program };

  if (name !== MAIN)
    for (const source of sources) await cp(join(main, source), join(folder, source), { recursive: true });
  await rm(join(folder, '.next'), { recursive: true, force: true });
  const { NODE_OPTIONS: _, NODE_ENV: __, ...env } = process.env;
  await promisify(execFile)(process.execPath, [program, 'build'], {
    cwd: folder,
    env: { ...env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: 64 << 20,
  });
  await writeFile(stampFile, stamp);
  return { folder, program };
}

async function hashOf(folder: string, entries: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of entries.toSorted()) {
    const children = await readdir(join(folder, entry)).catch(() => undefined);
    hash.update(`${entry}\0`);
    hash.update(children ? await hashOf(join(folder, entry), children) : await readFile(join(folder, entry)));
  }
  return hash.digest('hex');
}
