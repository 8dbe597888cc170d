/** A child that stands in for this process: same terminal, same signals, same end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { CliFailure, messageOf } from './failure.ts';

/** A terminal sends these to its whole foreground group, so the child has them already. */
const TERMINAL_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];
const OTHER_SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGUSR1', 'SIGUSR2'];
const SIGNALS = [...TERMINAL_SIGNALS, ...OTHER_SIGNALS];
/** A signal sent to oneself arrives at once; where it does not end us, an exit code says the same. */
const RAISE_PATIENCE_MS = 500;

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a program until it ends; meanwhile this process passes signals on and dies of none. @throws CliFailure */
export async function runChild({ program, args, env }: ChildCommand): Promise<ChildEnd> {
  // npm and its kind are scripts for cmd.exe on Windows.
  const shell = process.platform === 'win32' && !/\.exe$/i.test(program);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...env }, shell });
  const stopPassing = passSignals(child);
  try {
    return await new Promise<ChildEnd>((end, fail) => {
      child.once('error', fail);
      child.once('exit', (code, signal) => end({ code, signal }));
    });
  } catch (error) {
    throw new CliFailure('PROFILER_E_SPAWN', `cannot start ${program}: ${reasonOf(error)}`, { cause: error });
  } finally {
    stopPassing();
  }
}

/** Ends this process the way the child ended. */
export function endLike({ code, signal }: ChildEnd): void {
  process.exitCode = code ?? 1;
  if (signal === null) return;
  const exitCode = 128 + constants.signals[signal];
  setTimeout(() => process.exit(exitCode), RAISE_PATIENCE_MS);
  process.kill(process.pid, signal);
}

function passSignals(child: ChildProcess): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    if (TERMINAL_SIGNALS.includes(signal) && isInForeground()) return;
    child.kill(signal);
  };
  // Windows knows no SIGQUIT, and Node.js throws for what a platform cannot watch.
  const watched = SIGNALS.filter((signal) => signal in constants.signals);
  for (const signal of watched) process.on(signal, pass);
  return () => {
    for (const signal of watched) process.off(signal, pass);
  };
}

/**
 * Whether Ctrl-C in a terminal reaches this process's group. Linux tells: the group in the foreground of our terminal is ours
 * (proc_pid_stat(5), fields pgrp and tpgid). Elsewhere whoever has a terminal is taken to be in its foreground.
 */
function isInForeground(): boolean {
  if (process.platform !== 'linux') return [0, 1, 2].some((descriptor) => isatty(descriptor));
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The program's name, in parentheses, may hold anything; what follows it are numbers.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such program';
  return code === 'EACCES' ? 'it may not be executed' : messageOf(error);
}
