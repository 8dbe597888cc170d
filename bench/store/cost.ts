/** What writing takes of the collector's thread: encoding and file operations of each rotation, and looking for others' wishes. */

import { rmSync } from 'node:fs';
import { realFiles } from '../../src/store/files.ts';
import { locateRun } from '../../src/store/locate-run.ts';
import { quantile } from '../statistics/quantile.ts';
import { factsOf, openAt, RETENTION } from './stores.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

const ROTATION_MS = 2500;
const WARMUP = 100;

export interface CostFigures {
  /** CPU time of one rotation's append, in ms: median and p99. */
  readonly appendMs: readonly [number, number];
  /** The longest that one append held the thread. */
  readonly longestMs: number;
  readonly segmentBytes: number;
  readonly lookMicros: number;
}

export function measureCost(base: string, options: WorkloadOptions, rotations: number): CostFigures {
  rmSync(base, { recursive: true, force: true });
  const store = openAt(base, 'cost', RETENTION);
  const workload = new Workload(options);
  const cpuMs: number[] = [];
  let longestMs = 0;
  const now = Date.now() - (rotations + WARMUP) * ROTATION_MS;
  for (let at = 0; at < rotations + WARMUP; at++) {
    const slice = workload.record(store.run, now + at * ROTATION_MS, now + (at + 1) * ROTATION_MS);
    const usage = process.cpuUsage();
    const before = performance.now();
    store.append(slice);
    const { user, system } = process.cpuUsage(usage);
    if (at < WARMUP) continue;
    cpuMs.push((user + system) / 1000);
    longestMs = Math.max(longestMs, performance.now() - before);
  }
  const { folder } = locateRun(realFiles, base, factsOf('cost'));
  const looks = 20_000;
  const usage = process.cpuUsage();
  for (let at = 0; at < looks; at++) folder.lastLook();
  const { user, system } = process.cpuUsage(usage);
  const names = realFiles.readdirSync(folder.path).filter((name) => name.endsWith('.pb.gz'));
  const bytes = names.reduce((sum, name) => sum + realFiles.statSync(`${folder.path}/${name}`).size, 0);
  store.end(false);
  return {
    appendMs: [quantile(cpuMs, 0.5), quantile(cpuMs, 0.99)],
    longestMs,
    segmentBytes: bytes / names.length,
    lookMicros: (user + system) / looks,
  };
}
