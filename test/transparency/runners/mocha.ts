/** Suites of mocha: Express, connect, send and their family. The whole suite is one process, as its authors run it. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from '../arm.ts';
import { OutcomeList } from '../outcome.ts';
import type { SuiteRunner } from './contract.ts';
import { binScript, testArguments, withoutOptions } from './manifest.ts';

const TIMEOUT_MS = 15 * 60_000;

interface MochaReport {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string }[];
  readonly pending: readonly { readonly fullTitle: string }[];
}

export const mochaRunner: SuiteRunner = {
  name: 'mocha',
  applies: (folder) => testArguments(folder, 'mocha') !== null,
  units: () => ['the whole suite'],
  async run(folder, _unit, arm) {
    // A suite that stops at its first failure tells nothing about the tests after it.
    const args = withoutOptions(testArguments(folder, 'mocha') ?? [], ['--reporter', '-R'], ['--bail', '-b']);
    const directory = mkdtempSync(join(tmpdir(), 'transparency-'));
    const output = join(directory, 'report.json');
    try {
      const flags = ['--reporter', 'json', '--reporter-option', `output=${output}`, '--exit'];
      const { stdout, stderr } = await runNode(
        arm,
        [binScript(folder, 'mocha'), ...flags, ...args],
        folder,
        TIMEOUT_MS,
      );
      return outcomesOf(readReport(output, stdout, stderr));
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

/** Old versions of mocha write no file: there the report is the end of what they print. */
function readReport(file: string, stdout: string, stderr: string): MochaReport {
  try {
    const report = existsSync(file) ? readFileSync(file, 'utf8') : stdout.slice(stdout.indexOf('{\n  "stats": {'));
    return JSON.parse(report) as MochaReport;
  } catch (cause) {
    throw new Error(`mocha wrote no report\n${stderr.slice(-2000)}`, { cause });
  }
}

function outcomesOf({ passes, failures, pending }: MochaReport): OutcomeList['outcomes'] {
  const list = new OutcomeList();
  for (const { fullTitle } of passes) list.add(fullTitle, 'pass');
  for (const { fullTitle } of failures) list.add(fullTitle, 'fail');
  for (const { fullTitle } of pending) list.add(fullTitle, 'skip');
  return list.outcomes;
}
