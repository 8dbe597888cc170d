/** Finds out how much work fills the wanted time on this machine, with the bare server. */

import { performance } from 'node:perf_hooks';
import { runClosedLoop } from '../load/closed-loop.ts';
import { type ServerLaunch, startServer } from '../process/server-process.ts';
import type { Workload } from './slice.ts';

const WARMUP_MS = 1500;
const MEASURE_MS = 1500;
/** Share of the bare server's capacity: what a production server is sized for, and no variant comes near its limit. */
export const MODERATE = 0.3;

export interface Durations {
  readonly warmupSeconds: number;
  readonly seconds: number;
}

/** @param bare the server without any agent */
export async function calibrate(bare: ServerLaunch, durations: Durations): Promise<Workload> {
  const running = await startServer(bare);
  try {
    await runClosedLoop(running.port, bare.server.requests, until(WARMUP_MS));
    const { requests, seconds } = await runClosedLoop(running.port, bare.server.requests, until(MEASURE_MS));
    const capacity = requests / seconds;
    return {
      warmupRequests: Math.round(capacity * durations.warmupSeconds),
      closedLoopRequests: Math.round(capacity * durations.seconds),
      openLoopRequests: Math.round(capacity * MODERATE * durations.seconds),
      openLoopRatePerSecond: Math.round(capacity * MODERATE),
    };
  } finally {
    await running.stop();
  }
}

function until(durationMs: number): () => boolean {
  const end = performance.now() + durationMs;
  return () => performance.now() >= end;
}
