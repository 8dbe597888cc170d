/**
 * Who a process is, beyond its id, which the system gives to others later: on Linux with the time it was started and the namespace in
 * which the id counts. Elsewhere an id alone, which its owner confirms by touching a file now and then.
 */

import type { Files } from './files.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the system's start to the process's; '' where the system does not say. */
  readonly started: string;
  /** The namespace of process ids; '' where there is none. Two containers may share a folder and not their processes. */
  readonly namespace: string;
}

/** After so long without a sign a process whose start is unknown, or that another container runs, counts as dead. */
export const SILENT_MS = 60_000;
const MAX_ANCESTORS = 16;

interface Stat {
  readonly parent: number;
  readonly started: string;
}

/** @returns null where there is no such process or nobody says. */
function statOf(files: Files, pid: number): Stat | null {
  if (process.platform !== 'linux') return null;
  try {
    const text = files.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5), fields 3, 4 and 22; the name before them, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // Dead, and not yet noticed by its parent; in a container without an init nobody ever does.
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function ownNamespace(files: Files): string {
  try {
    // The device and inode of this link's target are the namespace's.
    const { dev, ino } = files.statSync('/proc/self/ns/pid');
    return `${dev}:${ino}`;
  } catch {
    return '';
  }
}

export function identityOf(files: Files, pid: number): ProcessIdentity {
  return { pid, started: statOf(files, pid)?.started ?? '', namespace: ownNamespace(files) };
}

/** The processes above this one, the nearest first. */
export function ancestorsOf(files: Files, parent: number): ProcessIdentity[] {
  const namespace = ownNamespace(files);
  const ancestors: ProcessIdentity[] = [];
  for (let pid = parent; pid > 0 && ancestors.length < MAX_ANCESTORS; ) {
    const stat = statOf(files, pid);
    ancestors.push({ pid, started: stat?.started ?? '', namespace });
    pid = stat?.parent ?? 0;
  }
  return ancestors;
}

/** @param silentMs since it last gave a sign. */
export function isAlive(files: Files, identity: ProcessIdentity, silentMs: number): boolean {
  if (identity.namespace !== ownNamespace(files)) return silentMs < SILENT_MS;
  if (identity.started !== '') return statOf(files, identity.pid)?.started === identity.started;
  return processExists(identity.pid) && silentMs < SILENT_MS;
}

/** A part of a file name: equal for equal processes. */
export function identityKey({ pid, started, namespace }: ProcessIdentity): string {
  return `${pid}-${started}-${namespace.replace(':', '-')}`;
}

/** @returns null for anything that `identityOf` has not made. */
export function parseIdentity(value: unknown): ProcessIdentity | null {
  const { pid, started, namespace } = (value ?? {}) as Partial<Record<keyof ProcessIdentity, unknown>>;
  return typeof pid === 'number' && typeof started === 'string' && typeof namespace === 'string'
    ? { pid, started, namespace }
    : null;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
