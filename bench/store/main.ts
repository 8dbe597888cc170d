/**
 * `npm run bench:store [-- history|soak|cost …]`: what the store of recordings takes: time to open a day and to answer windows of it, memory
 * and disk over a long time of much that is new, and what writing costs the thread that does it. Prints figures; needs no build.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../statistics/quantile.ts';
import { measureCost } from './cost.ts';
import { measureHistory } from './history.ts';
import { soak } from './soak.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hours: { type: 'string', default: '24' },
    'soak-hours': { type: 'string', default: '12' },
    processes: { type: 'string', default: '4' },
    routes: { type: 'string', default: '100' },
    stacks: { type: 'string', default: '300' },
    functions: { type: 'string', default: '600' },
    megabytes: { type: 'string', default: '20' },
    windows: { type: 'string', default: '20' },
  },
});
const base = mkdtempSync(join(tmpdir(), 'profiler-bench-store-'));
const wanted = positionals.length === 0 ? ['history', 'soak', 'cost'] : positionals;
try {
  if (wanted.includes('history')) await history();
  if (wanted.includes('soak')) await longSoak();
  if (wanted.includes('cost')) cost();
} finally {
  rmSync(base, { recursive: true, force: true });
}

async function history(): Promise<void> {
  const figures = await measureHistory(
    join(base, 'history'),
    {
      hours: Number(values.hours),
      processes: Number(values.processes),
      routes: Number(values.routes),
      stacks: Number(values.stacks),
      functions: Number(values.functions),
      requestsPerSecond: 200,
      seed: 1,
    },
    Number(values.windows),
  );
  console.log(
    `history: ${values.hours} h of ${values.processes} processes, ${values.routes} routes, ${figures.nodes} nodes in all; ${figures.files} files, ${figures.megabytes.toFixed(1)} MB`,
  );
  console.log(
    `  open the store and answer the whole run  ${ms(figures.openMs)} (${ms(figures.openCpuMs)} on a CPU), then again ${ms(figures.againMs)}`,
  );
  const row = (share: number): string =>
    `${ms(quantile(figures.windowsMs, share))} (${ms(quantile(figures.windowsCpuMs, share))})`;
  console.log(`  windows of a minute to all of it         median ${row(0.5)}, p95 ${row(0.95)}, longest ${row(1)}`);
}

async function longSoak(): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error('start it with --expose-gc, as npm run bench:store does');
  const bytes = Number(values.megabytes) * 1e6;
  const options = { routes: 500, stacks: 400, functions: 2000, requestsPerSecond: 500, seed: 3 };
  const points = await soak(
    join(base, 'soak'),
    { ...options, hours: Number(values['soak-hours']), churn: 0.05, bytes },
    gc,
  );
  console.log(
    `soak: ${values['soak-hours']} h, 500 routes, 5 % of 400 stacks replaced every ten minutes, retention ${values.megabytes} MB`,
  );
  for (const { hour, lookedAtBytes, idleBytes, diskBytes, files } of points)
    if (hour % 2 === 0 || hour === 1)
      console.log(
        `  after ${hour} h  memory ${(lookedAtBytes / 1e6).toFixed(0)} MB while looked at, ${(idleBytes / 1e6).toFixed(0)} MB else; disk ${(diskBytes / 1e6).toFixed(1)} MB in ${files} files`,
      );
}

function cost(): void {
  const options = { routes: 20, stacks: 150, functions: 600, requestsPerSecond: 200, seed: 5 };
  const { appendMs, longestMs, segmentBytes, lookMicros } = measureCost(join(base, 'cost'), options, 400);
  console.log(`cost: a rotation of 250 samples, ${(segmentBytes / 1000).toFixed(1)} kB`);
  console.log(
    `  write it                 ${appendMs[0].toFixed(2)} ms on a CPU (p99 ${appendMs[1].toFixed(2)} ms), longest ${longestMs.toFixed(1)} ms; ${(appendMs[0] / 25).toFixed(3)} % of a core`,
  );
  console.log(`  look for others' wishes  ${lookMicros.toFixed(1)} us, once a second`);
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
