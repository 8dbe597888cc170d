/**
 * `npm run demo`: installs what is missing, builds, starts examples/shop under the agent, drives traffic, prints what the
 * profiler found, and stays up until Ctrl-C. Plain JavaScript: on a fresh clone nothing is installed yet.
 */

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { progressOn } from './demo/progress.mjs';
import { isFreePort, startExample } from './demo/server.mjs';
import { driveTraffic } from './demo/traffic.mjs';
import { isBuilt } from './demo/up-to-date.mjs';
import { ensureInstalled } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLE = path.join(ROOT, 'examples/shop');
const DEFAULT_PORT = 3000;
const TABLE_ROWS = 15;
const USAGE = `npm run demo -- [options]
  --seconds <n>   how long traffic is driven (10)
  --port <n>      where the server listens, 0 for any free port (${DEFAULT_PORT} if it is free)
  --dist <dir>    use this build of the agent instead of building
  --exit          end after printing instead of staying up
  --help`;

const { seconds, port, dist, exit } = readFlags();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort());

try {
  await demo();
} catch (error) {
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
}

async function demo() {
  ensureInstalled(ROOT);
  ensureInstalled(EXAMPLE);
  if (dist === undefined && !isBuilt(ROOT)) build();
  if (interrupted.signal.aborted) return;
  const server = await startExample({
    directory: EXAMPLE,
    dist: path.resolve(dist ?? path.join(ROOT, 'dist')),
    port: await choosePort(),
  });
  try {
    const { requests, failures } = await drive(Number(server.url.port));
    if (interrupted.signal.aborted) return;
    console.log(`\n${requests} requests in ${seconds} s${failures > 0 ? `, ${failures} failed` : ''}\n`);
    await printFindings(server.url.href);
    if (exit) return;
    console.log('\nThe server stays up. Ctrl-C ends it.');
    const reason = await Promise.race([server.ended, whenInterrupted()]);
    // In a terminal Ctrl-C reaches the server as well, perhaps before us.
    if (reason && reason !== 'SIGINT') throw new Error(`the example server ended (${reason})`);
  } finally {
    await server.stop();
  }
}

function build() {
  console.error('building');
  const { status, error } = spawnSync(process.execPath, [path.join(ROOT, 'scripts/build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (error || status !== 0) throw error ?? new Error('the build failed');
}

async function choosePort() {
  const wanted = port ?? DEFAULT_PORT;
  if (wanted === 0 || (await isFreePort(wanted))) return wanted;
  if (port === undefined) return 0;
  throw new Error(`port ${port} is in use. Name another one with --port, or 0 for any`);
}

async function drive(toPort) {
  const progress = progressOn(process.stderr);
  const counts = await driveTraffic({ port: toPort, seconds, signal: interrupted.signal }, (elapsed, requests) => {
    progress.show(elapsed / seconds, `${elapsed.toFixed(0)}/${seconds} s  ${requests} requests`);
  });
  progress.done();
  return counts;
}

async function printFindings(url) {
  const text = await (await fetch(`${url}/stats?limit=${TABLE_ROWS}`)).text();
  const { routes } = await (await fetch(`${url}/api/v1/routes`)).json();
  console.log(`${text}\n${routesTable(routes)}\n\n${url}`);
}

function routesTable(routes) {
  const totalCpuMs = routes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const rows = routes.map(({ route, requests, durationMs, cpuMs }) => [
    route,
    String(requests),
    requests > 0 ? durationMs.mean.toFixed(1) : '-',
    requests > 0 ? durationMs.p95.toFixed(1) : '-',
    cpuMs.toFixed(0),
    `${((100 * cpuMs) / (totalCpuMs || 1)).toFixed(1)} %`,
  ]);
  const table = [['route', 'requests', 'mean ms', 'p95 ms', 'cpu ms', 'cpu share'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
    .join('\n');
}

function whenInterrupted() {
  return new Promise((resolve) => {
    // A timer keeps the process up meanwhile; the server's pipe may be closed.
    const timer = setInterval(() => {}, 2 ** 30);
    const stop = () => {
      clearInterval(timer);
      resolve(undefined);
    };
    if (interrupted.signal.aborted) stop();
    else interrupted.signal.addEventListener('abort', stop);
  });
}

function readFlags() {
  try {
    const options = {
      seconds: { type: 'string' },
      port: { type: 'string' },
      dist: { type: 'string' },
      exit: { type: 'boolean' },
      help: { type: 'boolean' },
    };
    const { values } = parseArgs({ options });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const seconds = number('seconds', values.seconds ?? '10', 1, 3600);
    return { ...values, seconds, port: values.port === undefined ? undefined : number('port', values.port, 0, 65_535) };
  } catch (error) {
    console.error(`demo: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function number(name, text, min, max) {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max && (name !== 'port' || Number.isInteger(value))) return value;
  throw new Error(`--${name} takes a number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
