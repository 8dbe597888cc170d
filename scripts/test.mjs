/** `npm test`: installs what is missing, builds, checks, and runs every test, from a fresh clone on. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
ensureInstalled(root);
for (const script of ['build.mjs', 'check.mjs', 'run-tests.mjs']) {
  const { status } = spawnSync(
    process.execPath,
    [`${root}scripts/${script}`, ...(script === 'run-tests.mjs' ? process.argv.slice(2) : [])],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
