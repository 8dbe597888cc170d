/** One variant of one server, measured once in a process of its own. */

import { performance } from 'node:perf_hooks';
import { runClosedLoop } from '../load/closed-loop.ts';
import { runOpenLoop } from '../load/open-loop.ts';
import { readCpuSeconds, readMachineBusySeconds, readRssMb } from '../process/process-usage.ts';
import { type ServerLaunch, startServer } from '../process/server-process.ts';
import { seededRandom } from '../statistics/random.ts';
import { type RotationTimes, readRotationTimes } from './rotation.ts';

/** How much work every variant of a server gets: the same number of requests at the same rate. */
export interface Workload {
  readonly warmupRequests: number;
  readonly closedLoopRequests: number;
  readonly openLoopRequests: number;
  readonly openLoopRatePerSecond: number;
}

export interface Slice {
  readonly server: string;
  readonly variant: string;
  readonly round: number;
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** After all load. */
  readonly rssMb: number;
  /** Share of the closed loop in which the server used a core; well below 1 the load generator was too slow. */
  readonly saturation: number;
  /** Cores used by others than server and load generator: the machine's noise. */
  readonly foreignCores: number;
  readonly rotation: RotationTimes | null;
  /** What the reader of the figures should know. */
  readonly notes: readonly string[];
}

export interface SliceSetup {
  readonly launch: ServerLaunch;
  readonly round: number;
  readonly seed: number;
  readonly workload: Workload;
}

const EXPECTED_SATURATION = 0.9;

/** A new process each time: code placement and heap layout differ between processes by percents, and must average out. */
export async function measureSlice(setup: SliceSetup): Promise<Slice> {
  const { launch, workload } = setup;
  const { requests } = launch.server;
  const server = await startServer(launch);
  let slice: Slice;
  let stopNote: string | null = null;
  try {
    await runClosedLoop(server.port, requests, (sent) => sent >= workload.warmupRequests);
    const machine = watchMachine(server.pid);
    const cpuBefore = readCpuSeconds(server.pid);
    const closed = await runClosedLoop(server.port, requests, (sent) => sent >= workload.closedLoopRequests);
    const cpuSeconds = readCpuSeconds(server.pid) - cpuBefore;
    const latency = await runOpenLoop(server.port, requests, {
      requests: workload.openLoopRequests,
      ratePerSecond: workload.openLoopRatePerSecond,
      random: seededRandom(setup.seed + setup.round),
    });
    slice = {
      server: launch.server.name,
      variant: launch.variant.name,
      round: setup.round,
      cpuMicrosPerRequest: (cpuSeconds / closed.requests) * 1e6,
      requestsPerSecond: closed.requests / closed.seconds,
      p50Micros: latency.p50Micros,
      p99Micros: latency.p99Micros,
      rssMb: readRssMb(server.pid),
      saturation: cpuSeconds / closed.seconds,
      foreignCores: machine(),
      rotation: launch.variant.hasStatus ? await readRotationTimes(server.port) : null,
      notes: cpuSeconds / closed.seconds < EXPECTED_SATURATION ? ['not saturated in the closed loop'] : [],
    };
  } finally {
    stopNote = await server.stop();
  }
  return { ...slice, notes: stopNote === null ? slice.notes : [...slice.notes, stopNote] };
}

/** @returns asks for the cores that others used since the call */
function watchMachine(serverPid: number): () => number {
  const start = performance.now();
  const others = (): number => {
    const own = process.cpuUsage();
    return readMachineBusySeconds() - readCpuSeconds(serverPid) - (own.user + own.system) / 1e6;
  };
  const before = others();
  return () => Math.max(0, (others() - before) / ((performance.now() - start) / 1000));
}
