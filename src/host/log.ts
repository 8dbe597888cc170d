/** The agent's own lines on the host's stderr: few, one line each, each problem once. */

import { writeSync } from 'node:fs';

const PREFIX = 'profiler: ';

/** Writes one line. Never throws: a closed stderr is the host's business. */
export function logLine(text: string): void {
  try {
    writeSync(2, `${PREFIX}${text}\n`);
  } catch {
    // EPIPE, EAGAIN or a closed descriptor: there is nowhere to say it.
  }
}
