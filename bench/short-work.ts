/**
 * `npm run bench:short-work [-- --seconds 120]`: how much of the CPU time of short pieces of work a mostly idle server's profile shows, with a core of its own for the
 * sampling thread and on one core. Linux only.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { StatusAnswer } from '../src/api/types.ts';
import type { Profile } from '../src/profile/profile.ts';
import { statsRows } from '../src/profile/stats.ts';
import { V8_FLAGS } from '../test/accuracy/v8-flags.ts';
import { nodeOf, positive } from './options.ts';
import { type Pinning, planPinning } from './process/pinning.ts';
import { withServer } from './process/with-server.ts';
import { SUBJECT, variantNamed } from './variants.ts';

const SERVER = {
  name: 'short-work',
  description: 'work of 0.3 to 8 ms with pauses of 20 ms between',
  script: fileURLToPath(new URL('fixtures/short-work.cjs', import.meta.url)),
  args: [],
  requests: [],
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { node: { type: 'string', default: '24' }, seconds: { type: 'string', default: '120' } },
  });
  const node = nodeOf(values.node);
  const seconds = positive('--seconds', values.seconds);
  await print('where the system puts it', node, null, seconds);
  await print('on one core', node, planPinning(), seconds);
}

async function print(where: string, node: string, pinning: Pinning | null, seconds: number): Promise<void> {
  const subject = variantNamed(SUBJECT);
  const variant = { ...subject, nodeArgs: [...V8_FLAGS, ...subject.nodeArgs] };
  await withServer({ node, server: SERVER, variant, pinning, env: {} }, async ({ port }) => {
    await sleep(seconds * 1000);
    const took = (await get(port, '/')) as Record<string, number>;
    const profile = (await get(port, '/__profile__/api/v1/profile')) as Profile;
    const { sampling } = (await get(port, '/__profile__/api/v1/status')) as StatusAnswer;
    const rows = statsRows(profile, 'cpu');
    const all = Object.values(took).reduce((sum, ms) => sum + ms, 0);
    const busy = sampling.samples - sampling.idleSamples;
    console.log(`\n${where}: ${busy} samples of work, ${sampling.missedSamples} missed (status)`);
    for (const [name, ms] of Object.entries(took)) {
      const found = rows.filter(({ info }) => info.name === name).reduce((sum, row) => sum + row.totalNs / 1e6, 0);
      console.log(
        `  ${name.padEnd(10)} took ${ms.toFixed(0).padStart(6)} ms, ${((100 * ms) / all).toFixed(1).padStart(4)} %; found ${found.toFixed(0).padStart(6)} ms, ${(found / ms).toFixed(2)} of it`,
      );
    }
  });
}

async function get(port: number, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return await response.json();
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
