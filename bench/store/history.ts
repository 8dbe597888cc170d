/** Lays down a day of several processes as compaction leaves it, then times opening it and asking for windows of it. */

import { rmSync } from 'node:fs';
import type { RunSummary, Selection, Store } from '../../src/store/contract.ts';
import { realFiles, writeWhole } from '../../src/store/files.ts';
import { locateRun } from '../../src/store/locate-run.ts';
import { encodeSegment } from '../../src/store/segment-file.ts';
import { segmentName, writerName } from '../../src/store/segment-name.ts';
import { seededRandom } from '../statistics/random.ts';
import { factsOf, openAt, RETENTION } from './stores.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export interface HistoryOptions extends WorkloadOptions {
  readonly hours: number;
  readonly processes: number;
}

export interface HistoryFigures {
  readonly files: number;
  readonly megabytes: number;
  /** Opening the store, and the whole run as the first answer. */
  readonly openMs: number;
  /** Of which on a CPU: other programs are not in it. */
  readonly openCpuMs: number;
  readonly againMs: number;
  /** Windows of a minute up to the whole day, anywhere, each asked for the first time of a new store that has opened the run. */
  readonly windowsMs: readonly number[];
  readonly windowsCpuMs: readonly number[];
  readonly nodes: number;
}

/** The steps in which segments follow each other, the newest first, as `compaction.ts` leaves them. */
function* widths(hours: number): Generator<number> {
  const levels = [
    { width: 2.5 * SECOND_MS, until: 2 * MINUTE_MS },
    { width: MINUTE_MS, until: 25 * MINUTE_MS },
    { width: 10 * MINUTE_MS, until: 3 * HOUR_MS },
    { width: HOUR_MS, until: 18 * HOUR_MS },
    { width: 6 * HOUR_MS, until: Number.POSITIVE_INFINITY },
  ];
  let age = 0;
  for (const { width, until } of levels) for (; age < until && age < hours * HOUR_MS; age += width) yield width;
}

/** @returns the run's id, and the number and size of its files. */
export function writeHistory(
  base: string,
  options: HistoryOptions,
  now: number,
): { id: string; files: number; bytes: number } {
  const facts = factsOf('history');
  const { id, folder } = locateRun(realFiles, base, { ...facts, startedAt: now - options.hours * HOUR_MS });
  let files = 0;
  let bytes = 0;
  for (let process = 0; process < options.processes; process++) {
    const workload = new Workload({ ...options, seed: options.seed + process });
    const writer = writerName(100_000 + process, now - options.hours * HOUR_MS, 0);
    const steps = [...widths(options.hours)];
    let to = now;
    for (const [at, width] of steps.entries()) {
      const slice = workload.record(id, to - width, to);
      const count = steps.length - at;
      const { name } = segmentName({
        writer,
        generation: 0,
        first: count,
        last: count,
        from: to - width,
        to,
        requests: slice.tree.requests,
      });
      const content = encodeSegment(slice, 100_000 + process);
      writeWhole(realFiles, folder.path, name, content, { writer });
      files++;
      bytes += content.length;
      to -= width;
    }
  }
  return { id, files, bytes };
}

export async function measureHistory(base: string, options: HistoryOptions, windows: number): Promise<HistoryFigures> {
  rmSync(base, { recursive: true, force: true });
  openAt(base, 'history', RETENTION).end(false);
  const now = Date.now();
  const { id, files, bytes } = writeHistory(base, options, now);
  const { elapsedMs: openMs, cpuMs: openCpuMs, result: nodes } = await timed(() => openRun(base, id));
  const opened = await openRun(base, id);
  const { elapsedMs: againMs } = await timed(() => opened.store.query({ run: id }));
  opened.store.end(false);
  const random = seededRandom(7);
  const windowsMs: number[] = [];
  const windowsCpuMs: number[] = [];
  for (let at = 0; at < windows; at++) {
    const { store } = await openRun(base, id);
    const selection = windowOf(id, random, now, options.hours * HOUR_MS, at / windows);
    const { elapsedMs, cpuMs } = await timed(() => store.query(selection));
    windowsMs.push(elapsedMs);
    windowsCpuMs.push(cpuMs);
    store.end(false);
  }
  return { files, megabytes: bytes / 1e6, openMs, openCpuMs, againMs, windowsMs, windowsCpuMs, nodes: nodes.nodes };
}

async function openRun(base: string, id: string): Promise<{ store: Store; run: RunSummary; nodes: number }> {
  const store = openAt(base, 'history', RETENTION);
  const run = store.runs().find((each) => each.id === id);
  if (!run) throw new Error(`the history is not there: ${store.problems.join('; ')}`);
  const { tree } = await store.query({ run: id });
  return { store, run, nodes: tree.nodes.parent.length };
}

/** @param share from the shortest window to the longest. */
function windowOf(run: string, random: () => number, now: number, all: number, share: number): Selection {
  const length = MINUTE_MS * (all / MINUTE_MS) ** share;
  const from = now - all + random() * (all - length);
  return { run, from, to: from + length };
}

async function timed<Result>(
  task: () => Promise<Result>,
): Promise<{ elapsedMs: number; cpuMs: number; result: Result }> {
  const before = performance.now();
  const usage = process.cpuUsage();
  const result = await task();
  const { user, system } = process.cpuUsage(usage);
  return { elapsedMs: performance.now() - before, cpuMs: (user + system) / 1000, result };
}
