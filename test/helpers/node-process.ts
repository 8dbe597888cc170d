/** Spawns Node.js processes, servers or not, with and without the agent, and watches how they end. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { dataFolder } from './data-folder.ts';
import { AGENT_DIST, type ServerExit } from './server.ts';

/** Folder of the scripts that these tests start. */
export const HOST_FIXTURES: string = fileURLToPath(new URL('../fixtures/host/', import.meta.url));
const NOTHING = pathToFileURL(join(HOST_FIXTURES, 'nothing.mjs')).href;
const TIMEOUT_MS = 60_000;

/** The file of the agent that each way of loading takes. */
export const REGISTER: { readonly import: string; readonly require: string } = {
  import: pathToFileURL(join(AGENT_DIST, 'register.mjs')).href,
  require: join(AGENT_DIST, 'register.cjs'),
};

export interface NodeProcessOptions {
  /** Added to the test's own environment, from which the profiler's and Node's variables are taken out; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the folder of the scripts. */
  readonly cwd?: string;
  /** Default true, by `--import`. False imports an empty module instead: the flag alone has effects of its own in Node.js. */
  readonly profiled?: boolean;
  /** A program, and its arguments, that runs the rest of its command line. */
  readonly within?: readonly string[];
}

export interface NodeProcess {
  readonly pid: number;
  /** Resolves when the process has ended and its output is complete. */
  readonly exit: Promise<ServerExit>;
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout or stderr, as it is or will be, matches. @throws when the process ends before, or stays silent */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** `http://127.0.0.1:<port>` of a server that prints `PORT <port>`. */
  url(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export interface Finished extends ServerExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** @param args what follows `node`: flags, a script of test/fixtures/host or an absolute path, its arguments. */
export function startNode(args: readonly string[], options: NodeProcessOptions = {}): NodeProcess {
  const imported = options.profiled === false ? NOTHING : REGISTER.import;
  const [command = '', ...rest] = [...(options.within ?? []), process.execPath, '--import', imported, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd ?? HOST_FIXTURES,
    env: environment(options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: what it forks ends with it, at the latest.
    detached: true,
  });
  const texts = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const check of waiting) check();
  };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk;
      look();
    });
  }
  let hasEnded = false;
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // They have ended.
    }
  };
  process.once('exit', kill);
  const timer = setTimeout(kill, TIMEOUT_MS);
  const exit = once(child, 'close').then(([code, signal]): ServerExit => {
    clearTimeout(timer);
    process.removeListener('exit', kill);
    hasEnded = true;
    look();
    return { code, signal };
  });
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = pattern.exec(texts.stdout) ?? pattern.exec(texts.stderr);
        if (found) resolve(found);
        else if (hasEnded) reject(new Error(`ended and never printed ${pattern}:\n${texts.stdout}${texts.stderr}`));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  return {
    pid: child.pid ?? -1,
    exit,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    printed,
    url: async () => `http://127.0.0.1:${(await printed(/^PORT (\d+)$/m))[1]}`,
    kill: (signal) => (signal === 'SIGKILL' ? kill() : child.kill(signal)),
  };
}

/** Runs a process to its end. */
export async function runNode(args: readonly string[], options: NodeProcessOptions = {}): Promise<Finished> {
  const started = startNode(args, options);
  return { ...(await started.exit), stdout: started.stdout(), stderr: started.stderr() };
}

/** Runs the same without and with the agent, one after the other. */
export async function runBoth(
  args: readonly string[],
  options: NodeProcessOptions = {},
): Promise<{ readonly bare: Finished; readonly profiled: Finished }> {
  const bare = await runNode(args, { ...options, profiled: false });
  return { bare, profiled: await runNode(args, { ...options, profiled: true }) };
}

function environment(added: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const ours = /^(?:PROFILER_.*|NODE_OPTIONS|NODE_NO_WARNINGS|NODE_TEST_CONTEXT|NODE_V8_COVERAGE)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const standard = {
    PROFILER_DISCARD_FIRST_REQUEST: 'false',
    PROFILER_QUIET: 'true',
    PROFILER_DATA_DIR: dataFolder(),
  };
  const all = { ...env, ...standard, ...added };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Node.js begins its warnings with its process id. */
export function withoutPid(stderr: string): string {
  return stderr.replace(/^\(node:\d+\)/gm, '(node)');
}
