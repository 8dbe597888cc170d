/** Makes a pusher of the options, and prepares the thread for it. */

import { basename } from 'node:path';
import type { Options } from '../config/options.ts';
import { pushFormatFor, pushTarget } from './index.ts';
import { Pusher } from './pusher.ts';
import { DirectoryQueue, MemoryQueue, type PushQueue } from './queue.ts';

/** Minutes of a large program's profile, for a restart of the backend; the host's memory is the host's. */
const MAX_MEMORY_BYTES = 8 << 20;
/** Hours. */
const MAX_DISK_BYTES = 64 << 20;

export interface PushingProcess {
  readonly run: string;
  readonly pid: number;
  readonly version: string;
  readonly cwd: string;
}

/**
 * @param folder for what waits; null to keep it in memory.
 * @param onProblem told where the queue's folder cannot be used; then memory has to do.
 * @returns null where nothing is to be pushed
 */
export function startPusher(
  { pushUrl, pushFormat, pushHeaders, pushLabels }: Options,
  { run, pid, version, cwd }: PushingProcess,
  folder: string | null,
  onProblem: (problem: string) => void,
): Pusher | null {
  if (pushUrl === undefined) return null;
  const format = pushFormatFor(pushUrl, pushFormat);
  const { service_name: underscored, 'service.name': dotted, ...labels } = pushLabels;
  const serviceName = underscored ?? dotted ?? (basename(cwd) || 'node');
  return new Pusher({
    target: pushTarget(pushUrl, format),
    format,
    headers: pushHeaders,
    source: { serviceName, run, pid, version, labels },
    queue: queueOf(folder, format.format, onProblem),
  });
}

function queueOf(folder: string | null, format: string, onProblem: (problem: string) => void): PushQueue {
  if (folder !== null) {
    try {
      return new DirectoryQueue(folder, format, MAX_DISK_BYTES);
    } catch (error) {
      onProblem(`what is to be pushed cannot be kept in ${folder}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return new MemoryQueue(MAX_MEMORY_BYTES);
}

/**
 * Looks the backend's name up once, before the thread lowers its priority: the first lookup starts libuv's pool, which is the host's and would
 * keep our priority (docs/adr/0010-per-request.md). Its result does not matter.
 */
export async function startNamePool({ pushUrl }: Options): Promise<void> {
  if (pushUrl === undefined) return;
  const { lookup } = process.getBuiltinModule('node:dns/promises');
  await lookup(new URL(pushUrl).hostname).catch(() => null);
}
