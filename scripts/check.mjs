/** `npm run check`: types, lint and layering, dead code, packaging. Runs all of them and fails if any did. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const checks = [
  ['types', ['tsc', '--noEmit', '-p', '.']],
  ['types of the UI', ['tsc', '--noEmit', '-p', 'ui']],
  ['types of the browser tests', ['tsc', '--noEmit', '-p', 'test/browser']],
  ['lint and layering', ['biome', 'check', '--error-on-warnings', '.']],
  ['dead code', ['knip']],
  ['packaging', ['publint', '--strict']],
];

let failed = 0;
for (const [name, [tool, ...args]] of checks) {
  console.log(`check: ${name}`);
  const { status } = spawnSync('npx', ['--no-install', tool, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
