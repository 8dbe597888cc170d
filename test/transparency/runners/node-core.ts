/** Node.js's own tests: every file of test/parallel is a program that ends with 0 when it passes. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../arm.ts';
import type { SuiteRunner } from './contract.ts';

const TIMEOUT_MS = 120_000;
const PARALLEL = 'test/parallel';
const DEFAULT_PATTERN = /^test-(http|https|http2)-/;

export const nodeCoreRunner: SuiteRunner = {
  name: "Node.js's own",
  applies: (folder) => existsSync(join(folder, 'test/common/index.js')) && existsSync(join(folder, PARALLEL)),
  units(folder, pattern) {
    const wanted = pattern ?? DEFAULT_PATTERN;
    const files = readdirSync(join(folder, PARALLEL)).filter((file) => /\.[cm]?js$/.test(file) && wanted.test(file));
    return files.sort().map((file) => `${PARALLEL}/${file}`);
  },
  async run(folder, unit, arm) {
    const flags = /^\/\/ Flags: (.*)$/m.exec(readFileSync(join(folder, unit), 'utf8'))?.[1] ?? '';
    const { code, stdout } = await runNode(
      arm,
      [...flags.split(/\s+/).filter(Boolean), join(folder, unit)],
      folder,
      TIMEOUT_MS,
    );
    const isSkipped = /^1\.\.0 # Skipped/m.test(stdout);
    return new Map([[unit, code !== 0 ? 'fail' : isSkipped ? 'skip' : 'pass']]);
  },
};
