/** Gets the suites whose tests are in the packages that npm delivers. Most packages leave their tests out; Fastify and its plugins do not. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Run without arguments, these are compared. Exact versions: a new release must not look like a change of ours. */
export const NPM_SUITES: readonly string[] = [
  'fastify@5.12.8',
  'fastify@4.29.1',
  '@fastify/express@4.0.7',
  '@fastify/http-proxy@11.6.3',
  '@fastify/middie@9.3.6',
  '@fastify/static@10.1.11',
  '@fastify/websocket@11.3.6',
  'light-my-request@6.8.1',
];

const CACHE = fileURLToPath(new URL('../../.cache/transparency/', import.meta.url));

/**
 * Downloads a package with its tests and installs what they need, once.
 * @param spec name and exact version
 * @returns the folder
 */
export function npmSuite(spec: string): string {
  const folder = join(CACHE, spec.replaceAll('/', '+'));
  if (existsSync(join(folder, '.installed'))) return folder;
  mkdirSync(CACHE, { recursive: true });
  const aside = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    npm(['pack', '--silent', '--pack-destination', aside, spec], aside);
    const tarball = readdirSync(aside).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error(`npm has no ${spec}`);
    execFileSync('tar', ['-xzf', tarball], { cwd: aside });
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(aside, 'package'), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  npm(
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--loglevel=error',
    ],
    folder,
  );
  mkdirSync(join(folder, '.installed'));
  return folder;
}

function npm(args: readonly string[], cwd: string): void {
  console.error(`npm ${args.join(' ')}`);
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
