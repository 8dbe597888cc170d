/** Starts one server under one variant and ends it again, with everything it has started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerSpec } from '../servers.ts';
import { nodeArguments, type Variant } from '../variants.ts';
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

export interface ServerLaunch {
  /** Path of the Node.js binary. */
  readonly node: string;
  readonly server: ServerSpec;
  readonly variant: Variant;
  readonly pinning: Pinning | null;
  readonly backendUrl: string;
  /** What the server itself needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** A signal's default would skip the 'exit' listeners that end the servers. */
function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(1));
}

/** @throws when the server does not report a port in time; the message holds the end of its stderr */
export async function startServer(launch: ServerLaunch): Promise<ServerProcess> {
  const { node, server, variant, pinning, backendUrl, env } = launch;
  const directory = mkdtempSync(path.join(tmpdir(), 'profiler-bench-'));
  const backend = variant.backendVariable === undefined ? {} : { [variant.backendVariable]: backendUrl };
  const [command = node, ...args] = pinnedCommand(pinning, [
    node,
    ...nodeArguments(variant),
    server.script,
    ...server.args,
  ]);
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...cleanEnvironment(directory), ...env, ...variant.env, ...backend },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what a variant spawns can be ended with it.
    detached: true,
  });
  // A process group does not get the terminal's Ctrl-C: it must not outlive this process.
  const cleanUp = (): void => {
    killGroup(child.pid);
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  exitOnSignals();
  process.once('exit', cleanUp);
  const stop = async (): Promise<string | null> => {
    const onTime = await terminate(child);
    cleanUp();
    process.off('exit', cleanUp);
    return onTime ? null : 'does not end on SIGTERM, was killed';
  };
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
      const port = /^(?:listening on|PORT) (\d+)$/m.exec(stdout)?.[1];
      if (port !== undefined) settle(() => resolve(Number(port)));
    });
  });
}

/** @returns whether SIGTERM was enough */
async function terminate(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return true;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const onTime = await Promise.race([exit.then(() => true), sleep(STOP_TIMEOUT_MS, false, { ref: false })]);
  killGroup(child.pid);
  await exit;
  return onTime;
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: nobody is left, as it should be.
  }
}
