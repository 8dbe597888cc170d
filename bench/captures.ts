/**
 * `npm run bench:captures [-- --kind calls --rounds 3 --seconds 4]`: what a capture costs the profiled Express server while it runs, and
 * after it: CPU time per request at saturation, each round's slices divided by that round's slice before the capture. Needs a build.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runClosedLoop } from './load/closed-loop.ts';
import { readCpuSeconds } from './process/process-usage.ts';
import { type ServerProcess, startServer } from './process/server-process.ts';
import { SERVERS, USER_REQUESTS } from './servers.ts';
import { median } from './statistics/quantile.ts';
import { SUBJECT, VARIANTS } from './variants.ts';

const WARMUP_SECONDS = 4;
/** V8 optimises again what it had to forget. */
const RECOVERY_SECONDS = 3;
const STEPS = ['during', 'right after', 'later'] as const;
type Step = (typeof STEPS)[number];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kind: { type: 'string', default: 'calls' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
    },
  });
  const [server] = SERVERS;
  const variant = VARIANTS.find(({ name }) => name === SUBJECT);
  if (!server || !variant) throw new Error('there is no server or no profiler to measure');
  const ratios: Record<Step, number[]> = { during: [], 'right after': [], later: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    const running = await startServer({
      node: process.execPath,
      server,
      variant,
      pinning: null,
      backendUrl: '',
      env: {},
    });
    try {
      const measured = await measureRound(running, values.kind, Number(values.seconds));
      for (const step of STEPS) ratios[step].push(measured[step]);
    } finally {
      await running.stop();
    }
  }
  console.log(
    `capture of ${values.kind}, ${server.name}, Node.js ${process.version}, ${values.rounds} rounds of ${values.seconds} s`,
  );
  console.log('CPU per request, as a multiple of before the capture: median (all rounds)');
  for (const step of STEPS)
    console.log(
      `${step.padEnd(12)} ${median(ratios[step]).toFixed(2)} (${ratios[step].map((ratio) => ratio.toFixed(2)).join(', ')})`,
    );
}

async function measureRound(server: ServerProcess, kind: string, seconds: number): Promise<Record<Step, number>> {
  await cpuPerRequest(server, WARMUP_SECONDS);
  const before = await cpuPerRequest(server, seconds);
  // Longer than the slice, so that its end is not in it.
  const id = await startCapture(server.port, kind, seconds + 1);
  const during = await cpuPerRequest(server, seconds);
  await waitForEnd(server.port, id);
  const rightAfter = await cpuPerRequest(server, seconds);
  await cpuPerRequest(server, RECOVERY_SECONDS);
  const later = await cpuPerRequest(server, seconds);
  return { during: during / before, 'right after': rightAfter / before, later: later / before };
}

async function cpuPerRequest({ pid, port }: ServerProcess, seconds: number): Promise<number> {
  const cpuSeconds = readCpuSeconds(pid);
  const end = performance.now() + seconds * 1000;
  const { requests } = await runClosedLoop(port, USER_REQUESTS, () => performance.now() > end);
  return (readCpuSeconds(pid) - cpuSeconds) / requests;
}

async function startCapture(port: number, kind: string, seconds: number): Promise<string> {
  const response = await fetch(capturesUrl(port), {
    method: 'POST',
    headers: { 'x-profiler': '1' },
    body: JSON.stringify({ kind, seconds }),
  });
  const answer = (await response.json()) as { id?: string; error?: string };
  if (answer.id === undefined) throw new Error(answer.error ?? `the capture was answered with ${response.status}`);
  return answer.id;
}

async function waitForEnd(port: number, id: string): Promise<void> {
  for (;;) {
    const { state } = (await (await fetch(`${capturesUrl(port)}/${id}`)).json()) as { state: string };
    if (state === 'done') return;
    if (state !== 'running' && state !== 'finishing') throw new Error(`the capture has ${state}`);
    await sleep(100);
  }
}

function capturesUrl(port: number): string {
  return `http://127.0.0.1:${port}/__profile__/api/v1/captures`;
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
