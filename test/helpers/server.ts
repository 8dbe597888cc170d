/** Spawns a server as a process of its own, with the agent preloaded, and talks to it. Fixture servers print `PORT <n>`. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { dataFolder } from './data-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const PORT_LINE = /^PORT (\d+)$/;
const STOP_TIMEOUT_MS = 15_000;

/** Folder of the built agent under test. */
export const AGENT_DIST: string = resolve(ROOT, process.env['PROFILER_TEST_DIST'] ?? 'dist');

export interface ServerOptions {
  /** Added to the test's own environment, from which the profiler's variables are taken out; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What follows the script. */
  readonly args?: readonly string[];
  /** What precedes the script, after the agent's own flag. */
  readonly nodeArgs?: readonly string[];
  /** Default: the Node.js that runs the test. */
  readonly node?: string;
  /** False starts it without the agent; to load the agent in another way, pass false and `nodeArgs` or `env`. Default true. */
  readonly profiled?: boolean;
  /** Default: the script's folder. */
  readonly cwd?: string;
  /** What the server prints when it listens, the port as first group: for programs that are no fixtures. Default `PORT <n>` on a line. */
  readonly portPattern?: RegExp;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TestServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Fetches a path of the server; resolves when the whole body is here. For endless bodies call `fetch` with `url`. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** @param path below the profiler's `api/v1/`: `routes`, `profile?route=GET%20/`. @throws on any answer but 200 with JSON */
  api(path: string): Promise<unknown>;
  /** Sends SIGTERM unless the server has ended already; resolves when it has ended and its output is complete. */
  stop(): Promise<ServerExit>;
  stdout(): string;
  stderr(): string;
}

/**
 * Starts `script` with the Node.js that runs the test and waits until it printed its port.
 * @param script absolute path, or relative to the project's folder
 * @throws with the server's output when it ends, or stays silent, before that
 */
export async function startServer(script: string, options: ServerOptions = {}): Promise<TestServer> {
  const file = resolve(ROOT, script);
  const agent = options.profiled === false ? [] : ['--import', pathToFileURL(join(AGENT_DIST, 'register.mjs')).href];
  const child = spawn(
    options.node ?? process.execPath,
    [...agent, ...(options.nodeArgs ?? []), file, ...(options.args ?? [])],
    {
      cwd: options.cwd ?? dirname(file),
      env: childEnvironment(options.env ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = { stdout: collect(child.stdout), stderr: collect(child.stderr) };
  const exit = once(child, 'close').then(([code, signal]): ServerExit => ({ code, signal }));
  // A test that dies must not leave its servers behind.
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = exit.finally(() => process.removeListener('exit', kill));

  let port: number;
  try {
    port = await portOf(child, ended, options.portPattern ?? PORT_LINE);
  } catch (error) {
    kill();
    await ended.catch(() => undefined);
    const said = `${output.stdout()}${output.stderr()}`.trim();
    throw new Error(`${script}: ${error instanceof Error ? error.message : String(error)}\n${said}`, { cause: error });
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    pid: child.pid ?? -1,
    get: (path, init) => fetchWhole(`${url}${path}`, init),
    api: (path) => fetchApi(`${url}/__profile__/api/v1/${path}`),
    stop: () => stop(child, ended),
    ...output,
  };
}

function childEnvironment(added: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  // What is meant for the test's own process changes what a child prints and loads.
  for (const name of Object.keys(env))
    if (/^(?:PROFILER_.*|NODE_OPTIONS|NODE_TEST_CONTEXT|NODE_V8_COVERAGE)$/.test(name)) delete env[name];
  for (const [name, value] of Object.entries({
    PROFILER_DISCARD_FIRST_REQUEST: 'false',
    PROFILER_QUIET: 'true',
    PROFILER_DATA_DIR: dataFolder(),
    ...added,
  })) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** @returns a function that gives everything the stream has said so far. */
function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

async function portOf(child: ChildProcess, ended: Promise<ServerExit>, pattern: RegExp): Promise<number> {
  const { stdout } = child;
  if (!stdout) throw new Error('has no stdout');
  const lines = createInterface({ input: stdout });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      new Promise<number>((found) => {
        lines.on('line', (line) => {
          const port = pattern.exec(line)?.[1];
          if (port !== undefined) found(Number(port));
        });
      }),
      ended.then(({ code, signal }) =>
        Promise.reject(new Error(`ended (${signal ?? code}) before it printed its port`)),
      ),
      new Promise<never>((_, fail) => {
        timer = setTimeout(() => fail(new Error(`printed no port in ${START_TIMEOUT_MS} ms`)), START_TIMEOUT_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    lines.close();
    // Closing the reader pauses the stream, and a paused pipe never ends.
    stdout.resume();
  }
}

async function fetchWhole(url: string, init: RequestInit | undefined): Promise<Response> {
  const response = await fetch(url, init);
  await response.clone().arrayBuffer();
  return response;
}

async function fetchApi(url: string): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${body}`);
  return JSON.parse(body);
}

async function stop(child: ChildProcess, ended: Promise<ServerExit>): Promise<ServerExit> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}
