/**
 * `npm run bench:memory [-- --servers orders --seconds 120]`: resident memory of a saturated server over minutes, bare and under the agent, with the share that is
 * V8's young generation. V8 doubles that when enough of what is allocated has survived, and shrinks it at some full collections, so memory added by
 * an agent depends on when one looks: before the bare server's has grown, or after. Linux only.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runClosedLoop } from './load/closed-loop.ts';
import { named, nodeOf, positive } from './options.ts';
import { pinSelf, planPinning } from './process/pinning.ts';
import { readRssMb } from './process/process-usage.ts';
import { withServer } from './process/with-server.ts';
import { formatMb } from './report/format.ts';
import { SERVERS, type ServerSpec } from './servers.ts';
import { BASELINE, SUBJECT, VARIANTS, type Variant } from './variants.ts';

const PRELOAD = new URL('fixtures/young-generation.cjs', import.meta.url).pathname;
const BYTES_PER_MB = 2 ** 20;

interface Reading {
  readonly second: number;
  readonly rssMb: number;
  readonly youngMb: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', default: '24' },
      servers: { type: 'string', default: 'express,fastify,orders' },
      variants: { type: 'string', default: SUBJECT },
      seconds: { type: 'string', default: '120' },
      every: { type: 'string', default: '20' },
    },
  });
  const node = nodeOf(values.node);
  const variants = [BASELINE, ...values.variants.split(',')].join(',');
  for (const server of named('--servers', values.servers, SERVERS)) {
    console.log(`\n${server.name}, Node.js ${values.node}: memory in MB (of it V8's young generation)`);
    for (const variant of named('--variants', variants, VARIANTS)) {
      const readings = await watch(node, server, variant, {
        seconds: positive('--seconds', values.seconds),
        every: positive('--every', values.every),
      });
      const row = readings.map(
        ({ second, rssMb, youngMb }) => `${second} s ${formatMb(rssMb)} (${youngMb.toFixed(0)})`,
      );
      console.log(`  ${variant.name.padEnd(22)} ${row.join('   ')}`);
    }
  }
}

async function watch(
  node: string,
  server: ServerSpec,
  variant: Variant,
  { seconds, every }: { readonly seconds: number; readonly every: number },
): Promise<Reading[]> {
  const pinning = planPinning();
  if (pinning) pinSelf(pinning);
  const directory = mkdtempSync(join(tmpdir(), 'profiler-bench-'));
  const file = join(directory, 'young');
  try {
    const withPreload = { ...variant, nodeArgs: ['--require', PRELOAD, ...variant.nodeArgs] };
    const env = { BENCH_YOUNG_FILE: file };
    return await withServer({ node, server, variant: withPreload, pinning, env }, async ({ pid, port }) => {
      const readings: Reading[] = [];
      for (let second = every; second <= seconds; second += every) {
        const end = performance.now() + every * 1000;
        await runClosedLoop(port, server.requests, () => performance.now() > end);
        const youngMb = Number(readFileSync(file, 'latin1')) / BYTES_PER_MB;
        readings.push({ second, rssMb: readRssMb(pid), youngMb });
      }
      return readings;
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
