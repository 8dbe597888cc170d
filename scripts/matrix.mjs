/**
 * `npm run test:matrix`: runs the tests on every supported Node.js version and prints one table. `--only 24` restricts it to a version,
 * `--suite accuracy` to a suite (both repeatable). Exits with 1 when any version fails or could not be run.
 */

import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './install.mjs';
import { cannotInstallReason, installNode, NODE_MAJORS } from './node-versions.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNNER = path.join(ROOT, 'scripts/run-tests.mjs');

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, suite: { type: 'string', multiple: true } },
});
const suites = (values.suite ?? []).flatMap((suite) => ['--suite', suite]);
const majors = values.only === undefined ? NODE_MAJORS : values.only.flatMap((list) => list.split(',').map(Number));
const unknown = majors.filter((major) => !NODE_MAJORS.includes(major));
if (unknown.length > 0) {
  console.error(`--only takes ${NODE_MAJORS.join(', ')}; got ${values.only.join(', ')}`);
  process.exit(2);
}

ensureInstalled(ROOT);
// Once: what is tested is the same files on every version.
execFileSync(process.execPath, [path.join(ROOT, 'scripts/build.mjs')], { cwd: ROOT, stdio: 'inherit' });

const rows = [];
for (const major of majors) rows.push(await runOn(major));
printTable(rows);
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

async function runOn(major) {
  const binary = installNode(major);
  if (binary === undefined) return { version: `v${major}`, ok: false, result: `not run: ${cannotInstallReason}` };
  console.log(`\n=== Node.js ${major} (${binary})`);
  const start = performance.now();
  const { code, output } = await runTests(binary);
  const counts = { pass: countOf('pass', output), fail: countOf('fail', output) };
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  // A runner that executed nothing must not look green.
  const ok = code === 0 && counts.pass > 0;
  const result = ok ? 'ok' : `FAILED (exit code ${code})`;
  return { version: `v${major}`, ...counts, seconds, ok, result };
}

/** Shows the runner's output as it comes and keeps it, to read its counts. */
function runTests(binary) {
  return new Promise((resolve, reject) => {
    // Tests that start plain `node` must get the version under test.
    const env = { ...process.env, PATH: path.dirname(binary) + path.delimiter + process.env.PATH };
    const child = spawn(binary, [RUNNER, ...suites], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** Reads node:test's closing lines: `# pass 12` (tap, dot) or `ℹ pass 12` (spec); summed over several runs. */
function countOf(word, output) {
  const lines = output.matchAll(new RegExp(`^\\W*(?:#|ℹ) ${word} (\\d+)\\W*(?:\\[\\d+m)?$`, 'gmu'));
  return [...lines].reduce((sum, match) => sum + Number(match[1]), 0);
}

function printTable(rows) {
  const cells = rows.map((row) =>
    [row.version, row.pass ?? '-', row.fail ?? '-', row.seconds ?? '-', row.result].map(String),
  );
  const table = [['node', 'pass', 'fail', 'seconds', 'result'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log(
    `\n${table
      .map((row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i]))
          .join('  ')
          .trimEnd(),
      )
      .join('\n')}`,
  );
}
