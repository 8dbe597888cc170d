/** Puts `api/v1/status` together. */

import type { CaptureSummary, PushStatus, StatusAnswer } from '../api/types.ts';
import { maskedOptions } from '../config/redact.ts';
import type { Store } from '../store/contract.ts';
import type { Intake } from './intake.ts';
import type { CollectorData, HostStatus } from './protocol.ts';
import type { RotationStats } from './rotation-stats.ts';

export interface StatusSources {
  readonly data: CollectorData;
  /** Undefined before the first rotation. */
  readonly host: HostStatus | undefined;
  readonly intake: Intake;
  readonly rotations: RotationStats;
  readonly store: Store;
  readonly functions: number;
  readonly capture: CaptureSummary | null;
  readonly push: PushStatus | null;
  readonly problems: readonly string[];
}

export function statusAnswer({
  data,
  host,
  intake,
  rotations,
  store,
  functions,
  capture,
  push,
  problems,
}: StatusSources): StatusAnswer {
  const { counts } = intake;
  const run = store.findRun(undefined);
  const others = run?.processes.filter(({ pid }) => pid !== data.host.pid) ?? [];
  const elapsedMs = Math.max(1, Date.now() - data.host.startedAt);
  return {
    version: data.host.version,
    node: data.host.node,
    run: { id: store.run, startedAt: run?.startedAt ?? data.host.startedAt, revision: store.revision() },
    pid: data.host.pid,
    processes: [
      { pid: data.host.pid, title: data.host.title, rssBytes: process.memoryUsage.rss() },
      ...others.map(({ pid, title, endedAt }) => ({ pid, title, endedAt })),
    ],
    sampling: {
      recording: host?.recording ?? true,
      intervalMs: data.options.intervalMs,
      tracking: host?.tracking ?? 'none',
      samples: counts.total,
      idleSamples: counts.idle,
      missedSamples: counts.missed,
      discarded: {
        warmup: counts.warmup,
        ignored: counts.ignored,
        profiler: counts.profiler,
        unresolved: counts.unresolved,
        unmatched: counts.unmatched,
      },
      cpuMs: {
        thread: counts.threadCpuNs / 1e6,
        discarded: counts.discardedCpuNs / 1e6,
        owed: counts.owedCpuNs / 1e6,
        held: intake.heldCpuNs / 1e6,
      },
      samplerRestarts: host?.samplerRestarts ?? 0,
    },
    requests: { ended: intake.ended, open: intake.open },
    waits: {
      tracing: data.options.waits,
      ...intake.waitCounts,
      stitchedMs: intake.stitched.stitchedNs / 1e6,
      ambiguousMs: intake.stitched.ambiguousNs / 1e6,
      unknownMs: intake.stitched.unknownNs / 1e6,
    },
    routes: store.routeCount,
    functions,
    overhead: {
      rotationMs: rotations.quantiles(),
      mainThreadShare:
        (rotations.totalMs + (counts.profilerNs + counts.tickCpuNs) / 1e6 + intake.waitCounts.costMs) / elapsedMs,
      collectorHeapBytes: process.memoryUsage().heapUsed,
      slots: host?.slots ?? 0,
      retiredSlots: host?.retiredSlots ?? 0,
    },
    push,
    capture,
    store: { folder: store.folder },
    config: { ...maskedOptions(data.options) },
    problems,
  };
}
