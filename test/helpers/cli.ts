/** Runs the built `profiler` command as a process of its own. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { AGENT_DIST, type ServerOptions, startServer, type TestServer } from './server.ts';

export const CLI: string = join(AGENT_DIST, 'cli.mjs');

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** The same, byte by byte. */
  readonly bytes: Buffer;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** For its stdin. */
  readonly input?: string | Uint8Array;
  /** Closes the reader's end of its stdout at once, as `| true` does. */
  readonly closeStdout?: boolean;
}

/** Runs a command to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  for (const name of ['NODE_OPTIONS', 'NODE_TEST_CONTEXT', 'NODE_V8_COVERAGE']) {
    if (options.env?.[name] === undefined) delete env[name];
  }
  const child = spawn(process.execPath, [CLI, ...args], { env, cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  if (options.closeStdout) child.stdout.destroy();
  // A command that fails early does not read it.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      const bytes = Buffer.concat(stdout);
      done({ code, signal, bytes, stdout: bytes.toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') });
    });
  });
}

/** Starts a server through `profiler run`; stopping it signals the command, not the server. */
export function startWithCli(
  args: readonly string[],
  options: Omit<ServerOptions, 'profiled' | 'args'> = {},
): Promise<TestServer> {
  return startServer(CLI, { ...options, profiled: false, args: ['run', ...args] });
}
