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
  if (threadCpuUsage) {
    return () => {
      const { user, system } = threadCpuUsage();
      return (user + system) * 1000;
    };
  }
  return process.platform === 'linux' ? readSchedstat : () => Number.NaN;
}

function readSchedstat(): number {
  try {
    return Number(readFileSync(SCHEDSTAT, 'latin1').split(' ', 1)[0]);
  } catch {
    // No such file in some sandboxes, none that may be read under a permission model.
    return Number.NaN;
  }
}
