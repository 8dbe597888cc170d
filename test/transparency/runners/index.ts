/** The kinds of suites, in the order in which they are asked. */

import type { SuiteRunner } from './contract.ts';
import { labRunner } from './lab.ts';
import { mochaRunner } from './mocha.ts';
import { nodeCoreRunner } from './node-core.ts';
import { testFilesRunner } from './test-files.ts';

export const suiteRunners: readonly SuiteRunner[] = [nodeCoreRunner, mochaRunner, labRunner, testFilesRunner];
