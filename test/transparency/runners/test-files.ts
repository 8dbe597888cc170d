/** Suites of test files that print TAP when run by themselves: node:test (Fastify, Koa), tap, tape. One process per file, as their runners do. */

import { runNode } from '../arm.ts';
import type { Outcome } from '../outcome.ts';
import { parseTap } from '../tap.ts';
import type { SuiteRunner } from './contract.ts';
import { globSync } from './glob.ts';

const TIMEOUT_MS = 180_000;

export const testFilesRunner: SuiteRunner = {
  name: 'test files',
  applies: () => true,
  units(folder, pattern) {
    const named = globSync(folder, /\.test\.[cm]?js$/);
    // What `node --test` takes as well, less its helpers in folders below.
    const files =
      named.length > 0 ? named : globSync(folder, /\.[cm]?js$/).filter((file) => /^tests?\/[^/]+$/.test(file));
    return files.filter((file) => pattern === null || pattern.test(file));
  },
  async run(folder, unit, arm) {
    const { code, stdout } = await runNode(arm, ['--test-reporter=tap', unit], folder, TIMEOUT_MS);
    const outcomes = new Map<string, Outcome>();
    for (const [test, outcome] of parseTap(stdout)) outcomes.set(`${unit} › ${test}`, outcome);
    // Also fails for what happens outside of any test: an exception while loading, a process that does not end.
    outcomes.set(`${unit} › ends`, code === 0 ? 'pass' : 'fail');
    return outcomes;
  },
};
