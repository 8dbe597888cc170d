/**
 * `npm run bench:rotations [-- --servers fastify --starts 8]`: how long rotations hold the main thread of a saturated server whose threads share one core, beside
 * what a millisecond of arithmetic takes in the same server without the agent. Linux only.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runClosedLoop } from './load/closed-loop.ts';
import { type RotationTimes, readRotationTimes, rotationP99Ms } from './measure/rotation.ts';
import { named, nodeOf, positive } from './options.ts';
import { type Pinning, pinSelf, planPinning } from './process/pinning.ts';
import type { ServerLaunch } from './process/server-process.ts';
import { withServer } from './process/with-server.ts';
import { formatMs } from './report/format.ts';
import { SERVERS, type ServerSpec } from './servers.ts';
import { quantile } from './statistics/quantile.ts';
import { BASELINE, SUBJECT, variantNamed } from './variants.ts';

const PRELOAD = new URL('fixtures/millisecond.cjs', import.meta.url).pathname;

interface Field {
  readonly node: string;
  readonly pinning: Pinning | null;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', default: '24' },
      servers: { type: 'string', default: 'express,fastify' },
      starts: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '25' },
    },
  });
  const node = nodeOf(values.node);
  const pinning = planPinning();
  if (pinning) pinSelf(pinning);
  const field = { node, pinning, seconds: positive('--seconds', values.seconds) };
  for (const server of named('--servers', values.servers, SERVERS)) {
    const rotations: RotationTimes[] = [];
    const arithmetic: RotationTimes[] = [];
    for (let start = 0; start < positive('--starts', values.starts); start++) {
      rotations.push(await measureRotations(field, server));
      arithmetic.push(await measureArithmetic(field, server));
    }
    console.log(
      `\n${server.name}, Node.js ${values.node}, ${values.starts} starts of ${values.seconds} s at saturation`,
    );
    print('rotations', rotations);
    print('a millisecond of arithmetic, bare', arithmetic);
  }
}

function print(what: string, times: readonly RotationTimes[]): void {
  const count = times.reduce((sum, time) => sum + time.count, 0);
  const mean = times.reduce((sum, time) => sum + time.mean * time.count, 0) / count;
  const p50 = quantile(
    times.map((time) => time.p50),
    0.5,
  );
  const max = Math.max(...times.map((time) => time.max));
  const p99 = rotationP99Ms(times) ?? Number.NaN;
  console.log(
    `  ${what.padEnd(36)} ${count}: mean ${formatMs(mean)}, median ${formatMs(p50)}, p99 ${formatMs(p99)}, max ${formatMs(max)}`,
  );
}

/** @throws where the agent does not say */
async function measureRotations(field: Field, server: ServerSpec): Promise<RotationTimes> {
  const times = await underLoad(field, server, { variant: variantNamed(SUBJECT), env: {} }, readRotationTimes);
  if (times === null) throw new Error('the agent’s status has no rotations');
  return times;
}

async function measureArithmetic(field: Field, server: ServerSpec): Promise<RotationTimes> {
  const directory = mkdtempSync(join(tmpdir(), 'profiler-bench-'));
  const file = join(directory, 'times');
  const bare = variantNamed(BASELINE);
  const variant = { ...bare, nodeArgs: ['--require', PRELOAD, ...bare.nodeArgs] };
  try {
    return await underLoad(field, server, { variant, env: { BENCH_TIMES_FILE: file } }, async () =>
      timesOf(readFileSync(file, 'latin1').trim().split('\n').map(Number)),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param read called at the end of the load, with the server's port. */
async function underLoad<Read>(
  { node, pinning, seconds }: Field,
  server: ServerSpec,
  launch: Pick<ServerLaunch, 'variant' | 'env'>,
  read: (port: number) => Promise<Read>,
): Promise<Read> {
  return await withServer({ ...launch, node, server, pinning }, async ({ port }) => {
    const end = performance.now() + seconds * 1000;
    await runClosedLoop(port, server.requests, () => performance.now() > end);
    return await read(port);
  });
}

function timesOf(ms: readonly number[]): RotationTimes {
  return {
    count: ms.length,
    mean: ms.reduce((sum, one) => sum + one, 0) / ms.length,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
    max: Math.max(...ms),
  };
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
