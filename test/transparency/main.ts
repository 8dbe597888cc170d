/** `node scripts/transparency.mjs`: runs published test suites without the agent and with it, and compares them test by test. */

import { execFileSync } from 'node:child_process';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { armOf, runNode } from './arm.ts';
import { NPM_SUITES, npmSuite } from './npm-suite.ts';
import { type Counts, compareRuns, countOutcomes, type Difference, type Outcome, type Outcomes } from './outcome.ts';
import { suiteRunners } from './runners/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A test whose outcome differs is run this often again, to tell a difference from a test that is unsteady by itself. */
const CONFIRMATIONS = 3;
const PROBE_TIMEOUT_MS = 30_000;
const PROBE = `const server = require('node:http').createServer((_, response) => response.end()).listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/__profile__/api/v1/status';
  const answer = await fetch(url);
  process.exit((await answer.text()).includes('"sampling"') ? 0 : 1);
});`;

const USAGE = `node scripts/transparency.mjs [options] [package@version ...]

Runs the test suites that npm packages bring along, first without the agent, then with it, and compares every test.
Without packages: ${NPM_SUITES.join(', ')}

  --source DIR     run the suite of a checkout instead; its dependencies must be installed there (repeatable)
  --name NAME      what to call the checkout in the table (in the order of --source)
  --only REGEXP    only these test files
  --node BINARY    the Node.js that runs the suites (default: this one)
  --dist DIR       the built agent (default: dist)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: 'string', multiple: true, default: [] },
    name: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    dist: { type: 'string', default: 'dist' },
    help: { type: 'boolean', default: false },
  },
});

interface SuiteResult {
  readonly name: string;
  readonly bare: Counts;
  readonly profiled: Counts;
  readonly differences: readonly Difference[];
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const agent = pathToFileURL(join(resolve(ROOT, values.dist), 'register.mjs')).href;
const bareArm = armOf(resolve(values.node), process.env, null);
const profiledArm = armOf(resolve(values.node), process.env, agent);
await expectAgent();

const sources = values.source.map((folder, at) => ({
  folder: resolve(folder),
  name: values.name[at] ?? basename(folder),
}));
const packages = positionals.length > 0 || sources.length > 0 ? positionals : NPM_SUITES;
const results: SuiteResult[] = [];
for (const { folder, name } of sources) await addResult(name, () => folder);
for (const spec of packages) await addResult(spec, () => npmSuite(spec));
printResults(results);
if (results.some(({ differences }) => differences.some(({ isSteady }) => isSteady))) process.exitCode = 1;

/** A suite that cannot be run must not hide the results of the others. */
async function addResult(name: string, folderOf: () => string): Promise<void> {
  try {
    results.push(await runSuite(name, folderOf()));
  } catch (error) {
    console.error(`${name} could not be run: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

/** A comparison in which the agent is not there would always succeed. */
async function expectAgent(): Promise<void> {
  const [without, withAgent] = [bareArm, profiledArm].map((arm) => runNode(arm, ['-e', PROBE], ROOT, PROBE_TIMEOUT_MS));
  if ((await without)?.code === 0) throw new Error('the agent is there without being asked for');
  const answer = await withAgent;
  if (answer?.code !== 0)
    throw new Error(`the agent of ${values.dist} does not answer; npm run build first\n${answer?.stderr}`);
}

async function runSuite(name: string, folder: string): Promise<SuiteResult> {
  const runner = suiteRunners.find((candidate) => candidate.applies(folder));
  const pattern = values.only === undefined ? null : new RegExp(values.only);
  const units = runner?.units(folder, pattern) ?? [];
  if (!runner || units.length === 0) throw new Error(`${name}: no tests in ${folder}`);
  console.error(`${name}: ${runner.name}, ${units.length} ${units.length === 1 ? 'part' : 'parts'}`);
  const all = { bare: new Map<string, Outcome>(), profiled: new Map<string, Outcome>() };
  const differences: Difference[] = [];
  for (const [at, unit] of units.entries()) {
    const bare: Outcomes[] = [await runner.run(folder, unit, bareArm)];
    const profiled: Outcomes[] = [await runner.run(folder, unit, profiledArm)];
    let found = compareRuns(bare, profiled);
    for (let run = 0; found.some(({ isSteady }) => isSteady) && run < CONFIRMATIONS; run++) {
      bare.push(await runner.run(folder, unit, bareArm));
      profiled.push(await runner.run(folder, unit, profiledArm));
      found = compareRuns(bare, profiled);
    }
    for (const difference of found) {
      differences.push(difference);
      console.error(describe(difference));
    }
    merge(all.bare, bare[0]);
    merge(all.profiled, profiled[0]);
    if (at % 25 === 24) console.error(`${name}: ${at + 1} of ${units.length}`);
  }
  return { name, bare: countOutcomes(all.bare), profiled: countOutcomes(all.profiled), differences };
}

function merge(into: Map<string, Outcome>, outcomes: Outcomes | undefined): void {
  for (const [test, outcome] of outcomes ?? []) into.set(test, outcome);
}

function describe({ test, bare, profiled, isSteady }: Difference): string {
  return `${isSteady ? 'DIFFERS' : 'unsteady'}: ${test}\n    without ${bare.join(' ')}, with ${profiled.join(' ')}`;
}

function printResults(rows: readonly SuiteResult[]): void {
  const version = execFileSync(bareArm.node, ['--version'], { encoding: 'utf8', env: bareArm.env }).trim();
  console.log(
    `\n| suite (Node.js ${version}) | tests | without: pass, fail, skip | with: pass, fail, skip | differ | unsteady |`,
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { name, bare, profiled, differences } of rows) {
    const steady = differences.filter(({ isSteady }) => isSteady).length;
    const cells = [name, sum(profiled), figures(bare), figures(profiled), steady, differences.length - steady];
    console.log(`| ${cells.join(' | ')} |`);
  }
  for (const { name, differences } of rows)
    for (const difference of differences) console.log(`${name}: ${describe(difference)}`);
}

function sum({ pass, fail, skip }: Counts): number {
  return pass + fail + skip;
}

function figures({ pass, fail, skip }: Counts): string {
  return `${pass}, ${fail}, ${skip}`;
}
