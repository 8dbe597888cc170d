/** Starts one server under one variant and ends it again, with everything it has started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerSpec } from '../servers.ts';
import type { Variant } from '../variants.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { type Pinning, pinnedCommand } from './pinning.ts';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 3000;
const STDERR_KEPT = 2000;

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** Sends SIGTERM, later SIGKILL. @returns what was worth a note, or null */
  stop(): Promise<string | null>;
}

/** @throws when the server does not report a port in time; the message holds the end of its stderr */
export async function startServer(
  node: string,
  server: ServerSpec,
  variant: Variant,
  pinning: Pinning | null,
): Promise<ServerProcess> {
  const directory = mkdtempSync(path.join(tmpdir(), 'profiler-bench-'));
  const [command = node, ...args] = pinnedCommand(pinning, [node, ...variant.nodeArgs, server.script, ...server.args]);
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...cleanEnvironment(directory), ...variant.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what a variant spawns can be ended with it.
    detached: true,
  });
  const stop = (): Promise<string | null> => stopGroup(child, directory);
  try {
    const port = await readPort(child);
    return { pid: child.pid ?? 0, port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readPort(child: ChildProcess): Promise<number> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk).slice(-STDERR_KEPT);
  });
  const failed = (why: string): Error => new Error(`the server ${why}${stderr === '' ? '' : `: ${stderr.trim()}`}`);
  return new Promise((resolve, reject) => {
    let stdout = '';
    const timer = setTimeout(() => reject(failed('did not listen in time')), START_TIMEOUT_MS);
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) => settle(() => reject(failed(`ended early (${code ?? signal})`))));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (stdout.length > STDERR_KEPT) return;
      stdout += chunk;
      const port = /^listening on (\d+)$/m.exec(stdout)?.[1];
      if (port !== undefined) settle(() => resolve(Number(port)));
    });
  });
}

async function stopGroup(child: ChildProcess, directory: string): Promise<string | null> {
  const ended = child.exitCode !== null || child.signalCode !== null;
  if (!ended) child.kill('SIGTERM');
  const onTime = ended || (await Promise.race([once(child, 'exit').then(() => true), sleep(STOP_TIMEOUT_MS, false)]));
  killGroup(child.pid);
  if (!onTime) await once(child, 'exit');
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  return onTime ? null : 'does not end on SIGTERM, was killed';
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: nobody is left, as it should be.
  }
}
