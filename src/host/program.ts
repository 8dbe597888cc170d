/** What program this is and who started it, as far as the process itself knows. Asked once, when its first server listens. */

import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import { readEnvironment } from '../config/environment.ts';
import type { Starter } from '../store/starter.ts';

/** @returns the program's main file, '' where there is none. */
export function programScript(): string {
  // pm2 starts programs by a script of its own.
  return readEnvironment()['pm_exec_path'] ?? process.argv[1] ?? '';
}

export function programStarter(): Starter {
  const { pm_id: pm2, name = '' } = readEnvironment();
  if (pm2 !== undefined) return { kind: 'pm2', name };
  if (!isMainThread) return { kind: 'none' };
  if (cluster.isWorker) return { kind: 'cluster' };
  return process.channel === undefined ? { kind: 'none' } : { kind: 'fork' };
}
