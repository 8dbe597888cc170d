/** The agent's own lines on the host's stderr: few, one line each, each problem once. */

import { fstatSync, writeSync } from 'node:fs';

const PREFIX = 'profiler: ';
const STDERR = 2;
const KNOWN_STDERR = Symbol.for('profiler.stderr');

/** Shared by all bundles: the first is loaded before the host's own code. */
const marks = globalThis as { [KNOWN_STDERR]?: string };
if (marks[KNOWN_STDERR] === undefined) Object.defineProperty(marks, KNOWN_STDERR, { value: identityOf(STDERR) });

/** Writes one line. Never throws: a closed stderr is the host's business. */
export function logLine(text: string): void {
  // A host that closes stderr, as daemons do, gets its number for the next file or socket that it opens.
  if (identityOf(STDERR) !== marks[KNOWN_STDERR]) return;
  try {
    writeSync(STDERR, `${PREFIX}${text}\n`);
  } catch {
    // EPIPE, EAGAIN or a closed descriptor: there is nowhere to say it.
  }
}

/** What went wrong, on one line: Node.js adds lists of files to some messages. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.trim().split('\n');
  const isDenied = (error as { code?: unknown } | null)?.code === 'ERR_ACCESS_DENIED';
  return isDenied ? `${line} (the profiler needs --allow-worker and --allow-addons)` : line;
}

function identityOf(descriptor: number): string {
  try {
    // The other form leaves a pipe's figures where Node.js 20's realpathSync takes them for the path's own, and it gives up too early.
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return 'closed';
  }
}
