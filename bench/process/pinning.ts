/**
 * Keeps server and load generator on cores of their own, so that the scheduler neither mixes them nor moves them about. The
 * server has one core for all its threads, as a small container has: work that an agent moves to a worker thread still counts.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Cores by number. */
export interface Pinning {
  readonly load: number;
  readonly server: number;
}

/** @returns null where there is no taskset or only one core: then nothing is pinned */
export function planPinning(): Pinning | null {
  const cores = allowedCores();
  const load = cores.at(0);
  const server = cores.at(-1);
  if (load === undefined || server === undefined || load === server) return null;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return { load, server };
}

/** Moves this process, all threads, to the core of the load generator. */
export function pinSelf(pinning: Pinning): void {
  execFileSync('taskset', ['-a', '-c', '-p', String(pinning.load), String(process.pid)], { stdio: 'ignore' });
}

/** The command line that starts `command` on the server's core. taskset replaces itself, so the process id is the command's. */
export function pinnedCommand(pinning: Pinning | null, command: readonly string[]): readonly string[] {
  return pinning === null ? command : ['taskset', '-c', String(pinning.server), ...command];
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  });
}
