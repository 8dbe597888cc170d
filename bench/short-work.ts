/**
 * `npm run bench:short-work [-- --seconds 120]`: how much of the CPU time of short pieces of work a mostly idle server's profile shows, with a core of its own for the
 * sampling thread and on one core, in requests and outside of any. Linux only.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RoutesAnswer, StatusAnswer } from '../src/api/types.ts';
import type { Profile } from '../src/profile/profile.ts';
import { statsRows } from '../src/profile/stats.ts';
import { V8_FLAGS } from '../test/accuracy/v8-flags.ts';
import { nodeOf, positive } from './options.ts';
import { type Pinning, planPinning } from './process/pinning.ts';
import { withServer } from './process/with-server.ts';
import type { ServerSpec } from './servers.ts';
import { seededRandom } from './statistics/random.ts';
import { SUBJECT, variantNamed } from './variants.ts';

/** Between two requests, at random. */
const MOST_PAUSE_MS = 40;

const server = (name: 'requests' | 'timers'): ServerSpec => ({
  name,
  description: 'work of 0.3 to 8 ms with pauses of 20 ms between',
  script: fileURLToPath(new URL('fixtures/short-work.cjs', import.meta.url)),
  args: [name],
  requests: [],
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { node: { type: 'string', default: '24' }, seconds: { type: 'string', default: '120' } },
  });
  const node = nodeOf(values.node);
  const seconds = positive('--seconds', values.seconds);
  for (const name of ['requests', 'timers'] as const) {
    await print(`${name}, where the system puts it`, node, server(name), null, seconds);
    await print(`${name}, on one core`, node, server(name), planPinning(), seconds);
  }
}

async function print(
  where: string,
  node: string,
  spec: ServerSpec,
  pinning: Pinning | null,
  seconds: number,
): Promise<void> {
  const subject = variantNamed(SUBJECT);
  const variant = { ...subject, nodeArgs: [...V8_FLAGS, ...subject.nodeArgs] };
  await withServer({ node, server: spec, variant, pinning, env: {} }, async ({ port }) => {
    const paths = (await get(port, '/paths')) as Record<string, string>;
    if (spec.name === 'requests') await sendRequests(port, Object.keys(paths), seconds);
    else await sleep(seconds * 1000);
    const tookMs = (await get(port, '/took')) as Record<string, number>;
    const profile = (await get(port, '/__profile__/api/v1/profile')) as Profile;
    const { routes } = (await get(port, '/__profile__/api/v1/routes')) as RoutesAnswer;
    const { sampling } = (await get(port, '/__profile__/api/v1/status')) as StatusAnswer;
    const busy = sampling.samples - sampling.idleSamples;
    console.log(`\n${where}: ${busy} samples of work, ${sampling.missedSamples} missed (status)`);
    const functionMs = cpuMsByFunction(profile);
    const routeMs = workMsByRoute(routes);
    const works = Object.entries(paths).filter(([, name]) => (tookMs[name] ?? 0) > 0);
    const columns = [
      works.map(([, name]) => tookMs[name] ?? 0),
      works.map(([, name]) => functionMs.get(name) ?? 0),
      ...(spec.name === 'requests' ? [works.map(([path]) => routeMs.get(`GET ${path}`) ?? 0)] : []),
    ].map(shares);
    console.log(
      `  ${['work', 'truth', 'function', 'route']
        .slice(0, columns.length + 1)
        .map(cell)
        .join('')}`,
    );
    for (const [at, [, name]] of works.entries())
      console.log(
        `  ${cell(name)}${columns.map((share) => cell(`${(100 * (share[at] ?? 0)).toFixed(1)} %`)).join('')}`,
      );
  });
}

function cell(text: string): string {
  return text.padStart(11);
}

function shares(column: readonly number[]): number[] {
  const sum = column.reduce((total, ms) => total + ms, 0);
  return column.map((ms) => ms / sum);
}

function cpuMsByFunction(profile: Profile): Map<string, number> {
  return new Map(statsRows(profile, 'cpu').map(({ info, totalNs }) => [info.name, totalNs / 1e6]));
}

/** Without what a request costs that does no work, the first one. */
function workMsByRoute(routes: RoutesAnswer['routes']): Map<string, number> {
  const idle = routes.find(({ route }) => route === 'GET /a');
  const besidesMs = idle ? idle.cpuMs / idle.requests : 0;
  return new Map(routes.map(({ route, cpuMs, requests }) => [route, cpuMs - requests * besidesMs]));
}

/** One after the other, in random order. */
async function sendRequests(port: number, paths: readonly string[], seconds: number): Promise<void> {
  const random = seededRandom(1);
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    await get(port, paths[Math.floor(random() * paths.length)] ?? '/');
    await sleep(random() * MOST_PAUSE_MS);
  }
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
