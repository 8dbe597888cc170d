/**
 * Runs the tests with the Node.js that runs this script. `node scripts/run-tests.mjs [--suite unit|integration|accuracy|browser] [file…]`
 * Everything must be installed and built: `npm test` does that.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What `npm test` runs; longer suites are commands of their own. */
const DEFAULT_SUITES = ['meta', 'unit', 'integration', 'browser'];
const MAX_TEST_MS = 10 * 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  options: { suite: { type: 'string', multiple: true } },
  allowPositionals: true,
});

const files =
  positionals.length > 0
    ? positionals
    : (values.suite ?? DEFAULT_SUITES).flatMap((suite) => testFiles(join(root, 'test', suite)));
if (files.length === 0) {
  console.error('no test files found');
  process.exit(1);
}
console.log(`${files.length} test files on Node.js ${process.version}`);
// Two at a time: integration tests start servers and measure them.
const args = [
  '--import',
  'tsx',
  '--test',
  '--test-concurrency=2',
  `--test-timeout=${MAX_TEST_MS}`,
  '--test-reporter=spec',
  ...files,
];
const { status } = spawnSync(process.execPath, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, NODE_NO_WARNINGS: '1' },
});
process.exit(status ?? 1);

function testFiles(folder) {
  return entries(folder)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules') && !file.includes('fixtures'))
    .sort();
}

function entries(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
}
