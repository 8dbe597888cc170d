/** How one kind of test suite is run. A new kind is one file and one line in index.ts. */

import type { Arm } from '../arm.ts';
import type { Outcomes } from '../outcome.ts';

export interface SuiteRunner {
  readonly name: string;
  /** Whether the suite in this folder is of this kind. */
  applies(folder: string): boolean;
  /** The parts that are run one by one, first without the agent, then with it: files, or the whole suite as one. */
  units(folder: string, pattern: RegExp | null): readonly string[];
  run(folder: string, unit: string, arm: Arm): Promise<Outcomes>;
}
