/** A long time of much that is new, as fast as it goes: what the store takes in memory and on the disk while that goes on. */

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { realFiles, writeWhole } from '../../src/store/files.ts';
import { Janitor } from '../../src/store/janitor.ts';
import { locateRun } from '../../src/store/locate-run.ts';
import { RunReader } from '../../src/store/run-reader.ts';
import { encodeSegment } from '../../src/store/segment-file.ts';
import { segmentName } from '../../src/store/segment-name.ts';
import { SegmentReader } from '../../src/store/segment-reader.ts';
import { factsOf } from './stores.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

const ROTATION_MS = 2500;
/** One segment in ten stands for the ten: a day in a minute or two. */
const STEP_MS = 10 * ROTATION_MS;

export interface SoakOptions extends WorkloadOptions {
  readonly hours: number;
  /** Share of all stacks that become others every ten minutes. */
  readonly churn: number;
  readonly bytes: number;
}

export interface SoakPoint {
  readonly hour: number;
  /** After garbage collection, while somebody looks: with what is remembered of the run. */
  readonly lookedAtBytes: number;
  /** The same when nobody has looked for a while. */
  readonly idleBytes: number;
  readonly diskBytes: number;
  readonly files: number;
}

/** Time is that of the recording: it begins so long ago and ends now. @param forceGc `--expose-gc`'s. */
export async function soak(base: string, options: SoakOptions, forceGc: () => void): Promise<SoakPoint[]> {
  rmSync(base, { recursive: true, force: true });
  realFiles.mkdirSync(base, { recursive: true, mode: 0o700 });
  const located = locateRun(realFiles, base, factsOf('soak'));
  const reader = new SegmentReader(realFiles);
  const runs = new RunReader(reader);
  const retention = { ageMs: 7 * 86_400_000, bytes: options.bytes };
  const janitor = new Janitor({ ...located, files: realFiles, base, retention, reader });
  const workload = new Workload(options);
  const points: SoakPoint[] = [];
  const start = Date.now() - options.hours * 3_600_000;
  const steps = Math.floor((options.hours * 3_600_000) / STEP_MS);
  const stepsPerHour = 3_600_000 / STEP_MS;
  for (let step = 0; step < steps; step++) {
    const from = start + step * STEP_MS;
    const slice = workload.record(located.id, from, from + STEP_MS);
    const { name } = segmentName({
      writer: located.writer,
      generation: 0,
      first: step,
      last: step,
      from,
      to: from + STEP_MS,
      requests: slice.tree.requests,
    });
    writeWhole(realFiles, located.folder.path, name, encodeSegment(slice, process.pid), { writer: located.writer });
    if (step % 24 === 23) workload.churn(options.churn, step);
    if (step % 24 === 23) await janitor.round();
    // Somebody looks at it all the time.
    if (step % 24 === 23) await runs.sum(located.folder, located.id, {}, () => null);
    if ((step + 1) % stepsPerHour !== 0) continue;
    const lookedAtBytes = memoryAfter(forceGc);
    reader.drop();
    runs.drop();
    const idleBytes = memoryAfter(forceGc);
    points.push({ hour: (step + 1) / stepsPerHour, lookedAtBytes, idleBytes, ...diskOf(located.folder.path) });
  }
  return points;
}

function memoryAfter(forceGc: () => void): number {
  forceGc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function diskOf(folder: string): { readonly diskBytes: number; readonly files: number } {
  const names = readdirSync(folder);
  return { files: names.length, diskBytes: names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) };
}
