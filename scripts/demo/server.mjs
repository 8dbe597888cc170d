/** The example server under the agent, as a process of the demo's. */

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const STOP_PATIENCE_MS = 5000;

/**
 * @param {{ directory: string, dist: string, port: number, env?: Record<string, string> }} options port 0: any that is free; env is added
 * @returns {Promise<{ url: URL, ended: Promise<string>, stop: () => Promise<void> }>} the profiler's URL; `ended` says how it ended
 */
export async function startExample({ directory, dist, port, env = {} }) {
  const register = pathToFileURL(path.join(dist, 'register.mjs')).href;
  const child = spawn(process.execPath, ['--import', register, 'server.js'], {
    cwd: directory,
    env: { ...withoutProfilerOptions(process.env), ...env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(timer);
  };
  // Whatever ends this process, its server ends too.
  process.on('exit', () => child.kill('SIGKILL'));
  const url = await Promise.race([
    announcedUrl(child.stderr),
    ended.then((reason) => Promise.reject(new Error(`the example server ended (${reason}) before it listened`))),
  ]);
  return { url: new URL(url), ended, stop };
}

/** @returns {Promise<boolean>} */
export function isFreePort(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Passes the server's stderr on; the agent's line in it holds the URL. */
function announcedUrl(stderr) {
  return new Promise((resolve) => {
    createInterface({ input: stderr }).on('line', (line) => {
      console.error(line);
      const url = /^profiler: (https?:\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

/** The demo shows the defaults, whatever the shell it runs in has set. */
function withoutProfilerOptions(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PROFILER_')));
}
