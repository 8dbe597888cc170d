/** Reads a run from its folder, as the store reads it: what was compacted or cleared counts as it does there. */

import type { Slice } from '../store/contract.ts';
import { realFiles } from '../store/files.ts';
import { RunFolder } from '../store/run-folder.ts';
import { RunReader } from '../store/run-reader.ts';
import { SegmentReader } from '../store/segment-reader.ts';
import { MAX_SLICES, routesOf } from '../store/slice-profile.ts';
import { CliFailure } from './failure.ts';
import { note } from './output.ts';

export interface SavedRun {
  readonly id: string;
  readonly whole: Slice;
  /** The same in slices of time. */
  slices(): Promise<readonly Slice[]>;
}

/** @returns null where the folder is none of a run. @throws CliFailure where nothing of the run can be read */
export async function readRun(path: string): Promise<SavedRun | null> {
  const folder = new RunFolder(realFiles, path);
  const run = folder.run();
  if (!run) return null;
  const segments = new SegmentReader(realFiles);
  const reader = new RunReader(segments);
  const nothingElse = (): null => null;
  const whole = await reader.sum(folder, run.id, {}, nothingElse);
  for (const problem of segments.problems) note(problem);
  if (whole.to === 0) throw new CliFailure('PROFILER_E_FILE', `${path} is a run of which nothing is recorded`);
  return { id: run.id, whole, slices: () => reader.slices(folder, run.id, {}, nothingElse, MAX_SLICES) };
}

/** @returns null for all of them. @throws CliFailure for one that the run has not seen */
export function wantedRoutes({ whole }: SavedRun, routes: readonly string[]): ReadonlySet<string> | null {
  const known = routesOf(whole);
  const unknown = routes.find((route) => !known.has(route));
  if (unknown !== undefined)
    throw new CliFailure('PROFILER_E_USAGE', `${unknown} is no route of this run: ${[...known].join(', ')}`);
  return routes.length === 0 ? null : new Set(routes);
}
