/** What the kernel has accounted to a process and to the machine. Linux only: reads /proc. */

import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts in; 100 on every Linux that Node.js supports. */
const TICKS_PER_SECOND = 100;
const UTIME = 11; // Fields of /proc/PID/stat counted from the one after the command name, see proc_pid_stat(5).
const STIME = 12;
const IDLE_COLUMNS = [3, 4]; // idle and iowait of /proc/stat

/** User and system time of all threads so far, seconds. Resolution 10 ms, so measure over seconds. */
export function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command name may hold spaces and parentheses; the last ')' ends it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND;
}

/** Resident memory, MiB. */
export function readRssMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no VmRSS: the process has ended`);
  return Number(kib) / 1024;
}

/** Time all cores were busy so far, hypervisor steal included, seconds. */
export function readMachineBusySeconds(): number {
  const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? '';
  const columns = line.split(/\s+/).slice(1, 9).map(Number);
  const busy = columns.filter((_, column) => !IDLE_COLUMNS.includes(column));
  return busy.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** Time on a core so far, microseconds. */
export interface ThreadCpu {
  /** The thread that runs the program. */
  readonly mainMicros: number;
  /** All others: V8's, libuv's, those of agents. */
  readonly othersMicros: number;
}

/** As `readCpuSeconds`, with the scheduler's own resolution, which is good for fractions of a second. Threads that have ended are missing. */
export function readThreadCpu(pid: number): ThreadCpu {
  const cpu = { mainMicros: 0, othersMicros: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const micros = cpuMicrosOf(`/proc/${pid}/task/${thread}/schedstat`);
    if (Number(thread) === pid) cpu.mainMicros += micros;
    else cpu.othersMicros += micros;
  }
  return cpu;
}

/** The first field is nanoseconds on a core, see Documentation/scheduler/sched-stats.rst. */
function cpuMicrosOf(schedstat: string): number {
  try {
    return Number(readFileSync(schedstat, 'latin1').split(' ', 1)[0]) / 1000;
  } catch (error) {
    // The thread has ended since the folder was read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return 0;
    throw error;
  }
}
