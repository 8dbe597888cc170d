/** Programs that are no npm packages. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Test options that skip with the reason where a program is missing. As root on Debian its package is installed first, so that a
 * fresh machine runs everything.
 */
export async function skipUnless(
  program: string,
  args: readonly string[],
  debianPackage: string | null,
): Promise<{ skip: string | false }> {
  const isThere = (): Promise<boolean> =>
    run(program, [...args]).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
  if (await isThere()) return { skip: false };
  if (debianPackage !== null && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env }).catch(() => undefined);
    await run('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], { env }).catch(() => undefined);
    if (await isThere()) return { skip: false };
  }
  return {
    skip: `${program} is not on this machine${debianPackage === null ? '' : ` (Debian package ${debianPackage})`}`,
  };
}
