/** The CPU clock of the calling thread, read once a rotation: what the sampler's own readings, one at each sample, leave out (docs/adr/0003). */

import { readFileSync } from 'node:fs';

/** Linux: time on the CPU in nanoseconds, time waiting for one, time slices. */
const SCHEDSTAT = '/proc/thread-self/schedstat';

/**
 * Chosen once, before the host can replace what it reads.
 * @returns a function that reads the clock: nanoseconds since some time in the past, NaN where there is no such clock. It lags behind by a tick of the
 * scheduler at most, so differences add up.
 */
export function threadClock(): () => number {
  // Node.js 23.9 and later.
  const { threadCpuUsage } = process as { readonly threadCpuUsage?: () => NodeJS.CpuUsage };
  const read = threadCpuUsage ? () => usageNs(threadCpuUsage()) : readSchedstat;
  return () => {
    try {
      return read();
    } catch {
      // No such file in some sandboxes or outside of Linux, none that may be read under a permission model, no such call on some systems.
      return Number.NaN;
    }
  };
}

function usageNs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) * 1000;
}

function readSchedstat(): number {
  // A kernel that keeps no statistics says 0.
  return Number(readFileSync(SCHEDSTAT, 'latin1').split(' ', 1)[0]) || Number.NaN;
}
