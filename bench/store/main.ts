/**
 * `npm run bench:store [-- history|soak|cost …]`: what the store of recordings takes: time to open a day and to answer windows of it, memory
 * and disk over a long time of much that is new, and what writing costs the thread that does it. Prints figures; needs no build.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../statistics/quantile.ts';
import { measureHistory } from './history.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hours: { type: 'string', default: '24' },
    processes: { type: 'string', default: '4' },
    routes: { type: 'string', default: '100' },
    stacks: { type: 'string', default: '300' },
    functions: { type: 'string', default: '600' },
    windows: { type: 'string', default: '20' },
  },
});
const base = mkdtempSync(join(tmpdir(), 'profiler-bench-store-'));
const wanted = positionals.length === 0 ? ['history'] : positionals;
try {
  if (wanted.includes('history')) await history();
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

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
