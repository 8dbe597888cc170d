/** What the collector is told of the process when it starts. */

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { threadId } from 'node:worker_threads';
import { PROCESS_START_MS } from '../clock.ts';
import type { HostFacts } from '../collector/protocol.ts';
import { VERSION } from '../version.ts';
import { programScript, programStarter } from './program.ts';

/** @param ownDirectory folder of the built files. @param startDirectory that the process was started in. */
export function hostFacts({
  ownDirectory,
  startDirectory,
}: {
  readonly ownDirectory: string;
  readonly startDirectory: string;
}): HostFacts {
  const startedAt = Math.round(PROCESS_START_MS);
  const run = `${new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
  return {
    run,
    pid: process.pid,
    parentPid: process.ppid,
    thread: threadId,
    title: process.title,
    node: process.version,
    version: VERSION,
    startedAt: Date.now(),
    cwd: startDirectory,
    script: programScript(),
    starter: programStarter(),
    temporaryDirectory: tmpdir(),
    ownDirectory,
  };
}
