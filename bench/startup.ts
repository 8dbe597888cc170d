/** How much later a script that never listens ends when the agent is preloaded: npm, npx and build tools pay this. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './process/clean-environment.ts';
import type { Progress } from './progress.ts';
import { type Estimate, estimateMedian } from './statistics/bootstrap.ts';
import { median } from './statistics/quantile.ts';
import { AGENT_CJS, AGENT_ESM } from './variants.ts';

/** Pairs before the first that counts: they fill the file cache. */
const WARMUP_PAIRS = 3;

interface Way {
  readonly name: string;
  readonly nodeArgs: readonly string[];
  readonly script: string;
}

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const WAYS: readonly Way[] = [
  { name: 'ESM, --import', nodeArgs: ['--import', AGENT_ESM], script: fixture('idle.mjs') },
  { name: 'CommonJS, --import', nodeArgs: ['--import', AGENT_ESM], script: fixture('idle.cjs') },
  { name: 'CommonJS, --require', nodeArgs: ['--require', AGENT_CJS], script: fixture('idle.cjs') },
];

export interface StartupResult {
  /** As `process.version`. */
  readonly nodeVersion: string;
  readonly way: string;
  readonly bareMs: number;
  readonly agentMs: number;
  /** Median of the paired differences. */
  readonly addedMs: Estimate;
}

export const STARTUP_STEPS: number = WAYS.length;

/**
 * Runs each way with and without the agent in turns.
 * @param node path of the binary
 * @throws when a script fails
 */
export function measureStartup(node: string, pairs: number, progress: Progress): StartupResult[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'profiler-bench-'));
  const env = cleanEnvironment(directory);
  try {
    const nodeVersion = spawnSync(node, ['--version'], { env, encoding: 'utf8' }).stdout.trim();
    return WAYS.map((way) => {
      progress.step(`dormant start: Node.js ${nodeVersion}: ${way.name}`);
      const timeMs = (nodeArgs: readonly string[]): number => timeRunMs(node, [...nodeArgs, way.script], env);
      const runs = Array.from({ length: WARMUP_PAIRS + pairs }, (_, index) => timePair(timeMs, way, index % 2 === 0));
      const counted = runs.slice(WARMUP_PAIRS);
      return {
        nodeVersion,
        way: way.name,
        bareMs: median(counted.map((run) => run.bareMs)),
        agentMs: median(counted.map((run) => run.agentMs)),
        addedMs: estimateMedian(counted.map((run) => run.agentMs - run.bareMs)),
      };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The order alternates: the second of a pair may find warmer caches. */
function timePair(
  timeMs: (nodeArgs: readonly string[]) => number,
  way: Way,
  bareFirst: boolean,
): { bareMs: number; agentMs: number } {
  if (bareFirst) {
    const bareMs = timeMs([]);
    return { bareMs, agentMs: timeMs(way.nodeArgs) };
  }
  const agentMs = timeMs(way.nodeArgs);
  return { bareMs: timeMs([]), agentMs };
}

function timeRunMs(node: string, args: readonly string[], env: Record<string, string | undefined>): number {
  const start = performance.now();
  const { status, error } = spawnSync(node, args, { env, stdio: 'ignore' });
  const durationMs = performance.now() - start;
  if (status !== 0) throw new Error(`${node} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`);
  return durationMs;
}
