/**
 * `node scripts/transparency.mjs [options]`: installs what is missing, builds the agent and compares the results of published test suites
 * without it and with it (docs/transparency.md). Plain JavaScript: it runs before `npm install`.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = process.argv.slice(2);

ensureInstalled(root);
const isBuilt = flags.some((flag) => flag.startsWith('--dist')) || flags.includes('--help');
if (!isBuilt) run(`${root}scripts/build.mjs`);
run('--import', 'tsx', `${root}test/transparency/main.ts`, ...flags);

function run(...args) {
  // In the caller's folder, so that --source may be relative.
  const { status, error } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
