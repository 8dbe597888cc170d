/**
 * `npm run bench -- [flags]`: installs what is missing, builds the agent and runs bench/main.ts with the flags. Plain
 * JavaScript: it runs before `npm install`. `--skip-build` measures the dist that is there.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FIXTURES = path.join(ROOT, 'bench/fixtures');
const SKIP_BUILD = '--skip-build';
/** The load generator runs in that process: fewer garbage collections, fewer pauses of its own in the latencies. */
const ROOMY_HEAP = ['--max-semi-space-size=64', '--min-semi-space-size=64'];

const flags = process.argv.slice(2);
installIfMissing(ROOT);
// Nothing of the peers needs its install script: their binaries are inside the packages.
installIfMissing(FIXTURES, '--ignore-scripts');
if (!flags.includes(SKIP_BUILD) && !flags.includes('--help')) run('npm', ['run', '--silent', 'build']);
const passedOn = flags.filter((flag) => flag !== SKIP_BUILD);
run(process.execPath, [...ROOMY_HEAP, '--import', 'tsx', path.join(ROOT, 'bench/main.ts'), ...passedOn]);

/** `npm install`, not `npm ci`: it leaves what is there alone, and others may be using it. */
function installIfMissing(directory, ...npmFlags) {
  const { dependencies, devDependencies } = readJson(path.join(directory, 'package.json'));
  const wanted = Object.entries({ ...dependencies, ...devDependencies });
  if (wanted.every(([name, version]) => isInstalled(path.join(directory, 'node_modules', name), version))) return;
  console.error(`installing the dependencies of ${path.relative(ROOT, directory) || 'the project'}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...npmFlags], directory);
}

/** Only pinned versions are compared: a range's choice is npm's. */
function isInstalled(directory, version) {
  const manifest = path.join(directory, 'package.json');
  return existsSync(manifest) && (!/^\d/.test(version) || readJson(manifest).version === version);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function run(command, args, cwd = ROOT) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
