/** Suites of lab: hapi and its family. Its check for leaked globals counts as one more test. */

import { runNode } from '../arm.ts';
import { OutcomeList } from '../outcome.ts';
import type { SuiteRunner } from './contract.ts';
import { binScript, testArguments, withoutOptions } from './manifest.ts';

const TIMEOUT_MS = 15 * 60_000;

interface LabReport {
  readonly tests: Readonly<
    Record<string, readonly { readonly title: string; readonly err: unknown; readonly skipped?: boolean }[]>
  >;
  readonly leaks?: readonly string[];
}

export const labRunner: SuiteRunner = {
  name: 'lab',
  applies: (folder) => testArguments(folder, 'lab') !== null,
  units: () => ['the whole suite'],
  async run(folder, _unit, arm) {
    // Coverage, lint and types say nothing about a process with an agent in it.
    const args = withoutOptions(testArguments(folder, 'lab') ?? [], ['-t', '-r', '-o'], ['-L', '-Y', '-v']);
    const { stdout, stderr } = await runNode(
      arm,
      [binScript(folder, '@hapi/lab'), '-r', 'json', ...args],
      folder,
      TIMEOUT_MS,
    );
    return outcomesOf(readReport(stdout, stderr));
  },
};

function readReport(stdout: string, stderr: string): LabReport {
  try {
    // Tests may print before the report.
    return JSON.parse(stdout.slice(stdout.indexOf('{\n  "tests"'))) as LabReport;
  } catch (cause) {
    throw new Error(`lab wrote no report\n${stdout.slice(-500)}${stderr.slice(-2000)}`, { cause });
  }
}

function outcomesOf({ tests, leaks = [] }: LabReport): OutcomeList['outcomes'] {
  const list = new OutcomeList();
  for (const [group, members] of Object.entries(tests)) {
    for (const { title, err, skipped } of members)
      list.add(`${group} › ${title}`, skipped ? 'skip' : err ? 'fail' : 'pass');
  }
  list.add(`leaked globals: ${leaks.join(', ') || 'none'}`, leaks.length === 0 ? 'pass' : 'fail');
  return list.outcomes;
}
