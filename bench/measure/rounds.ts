/** Measures all variants of one server round by round, so that each is compared with the bare server of the same minutes. */

import type { ServerLaunch } from '../process/server-process.ts';
import type { Progress } from '../progress.ts';
import type { ServerSpec } from '../servers.ts';
import { seededRandom, shuffle } from '../statistics/random.ts';
import type { Variant } from '../variants.ts';
import { calibrate, type Durations } from './calibrate.ts';
import { measureSlice, type Slice, type Workload } from './slice.ts';

export interface RoundsPlan extends Omit<ServerLaunch, 'variant'> {
  readonly baseline: Variant;
  /** Without the baseline. */
  readonly variants: readonly Variant[];
  readonly rounds: number;
  readonly durations: Durations;
  readonly seed: number;
}

export interface ServerResult {
  readonly server: ServerSpec;
  readonly workload: Workload;
  readonly slices: readonly Slice[];
  /** Slices that could not be measured, in words. */
  readonly failures: readonly string[];
}

/** Slices that `measureRounds` will take, calibration not counted. */
export function countSlices(plan: Pick<RoundsPlan, 'rounds' | 'variants'>): number {
  return plan.rounds * (plan.variants.length + 2);
}

/** Each round: bare, every variant once in random order, bare again. A slice that fails is left out and reported. */
export async function measureRounds(plan: RoundsPlan, progress: Progress): Promise<ServerResult> {
  const { server, baseline } = plan;
  progress.say(`${server.name}: calibrating`);
  const workload = await calibrate({ ...plan, variant: baseline }, plan.durations);
  const random = seededRandom(plan.seed);
  const slices: Slice[] = [];
  const failures: string[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const variant of [baseline, ...shuffle(plan.variants, random), baseline]) {
      progress.step(`${server.name}: round ${round}/${plan.rounds}: ${variant.name}`);
      try {
        slices.push(await measureSlice({ launch: { ...plan, variant }, round, seed: plan.seed, workload }));
      } catch (error) {
        failures.push(
          `${server.name}, ${variant.name}, round ${round}: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }
  return { server, workload, slices, failures };
}
