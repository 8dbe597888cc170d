/**
 * `npm run bench:turns [-- --servers fastify --starts 6]`: CPU per request of servers that have run for a while, as a multiple of bare Node.js. All run at the
 * same time and take turns of a fraction of a second, so that a machine whose speed changes from one second to the next is as slow for one as for the
 * other; each start is measured by itself, because V8 compiles a program in one way at one start and in another at the next. Needs a build. Linux only.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { installNode } from '../scripts/node-versions.mjs';
import { runClosedLoop } from './load/closed-loop.ts';
import { listOf, positive } from './options.ts';
import { type Pinning, pinSelf, planPinning } from './process/pinning.ts';
import { readRssMb, readThreadCpu } from './process/process-usage.ts';
import { type ServerProcess, startServer } from './process/server-process.ts';
import { formatEstimate, formatMicros, formatRatio, formatSignedMb } from './report/format.ts';
import { SERVERS, type ServerSpec } from './servers.ts';
import { estimateMedian } from './statistics/bootstrap.ts';
import { median } from './statistics/quantile.ts';
import { seededRandom, shuffle } from './statistics/random.ts';
import { BASELINE, SUBJECT, VARIANTS, type Variant } from './variants.ts';

/** Between two turns: what the last one set going ends in its own time. */
const PAUSE_MS = 20;
const AGAIN = 'bare again';

interface Turn {
  readonly mainMicros: number;
  readonly allMicros: number;
}

interface Contestant {
  readonly name: string;
  readonly process: ServerProcess;
  /** CPU per request, turn by turn. */
  readonly turns: Turn[];
}

/** Of one start of one variant, against the two bare servers beside it. */
interface StartRatio {
  readonly main: number;
  readonly all: number;
  readonly mainMicros: number;
  readonly allMicros: number;
  readonly addedMb: number;
}

interface Plan {
  readonly node: string;
  readonly pinning: Pinning | null;
  readonly variants: readonly Variant[];
  readonly turns: number;
  readonly turnMs: number;
  readonly warmupMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', default: '24' },
      servers: { type: 'string', default: 'express,fastify' },
      variants: { type: 'string', default: SUBJECT },
      starts: { type: 'string', default: '6' },
      turns: { type: 'string', default: '60' },
      ms: { type: 'string', default: '200' },
      warmup: { type: 'string', default: '10' },
    },
  });
  const node = installNode(Number(values.node));
  if (node === undefined) throw new Error(`there is no Node.js ${values.node} for this platform`);
  const bare = VARIANTS.find(({ name }) => name === BASELINE);
  if (!bare) throw new Error('no baseline among the variants');
  const names = listOf(
    '--variants',
    values.variants,
    VARIANTS.map(({ name }) => name),
  );
  const wanted = VARIANTS.filter(({ name }) => names.includes(name));
  const serverNames = listOf(
    '--servers',
    values.servers,
    SERVERS.map(({ name }) => name),
  );
  const pinning = planPinning();
  if (pinning) pinSelf(pinning);
  const plan: Plan = {
    node,
    pinning,
    variants: [bare, ...wanted, { ...bare, name: AGAIN }],
    turns: positive('--turns', values.turns),
    turnMs: positive('--ms', values.ms),
    warmupMs: positive('--warmup', values.warmup) * 1000,
  };
  console.log(
    `Node.js ${values.node}, ${values.starts} starts of ${plan.turns} turns of ${plan.turnMs} ms, after ${values.warmup} s; median of starts [95 % CI]`,
  );
  for (const server of SERVERS.filter(({ name }) => serverNames.includes(name)))
    await compare(server, positive('--starts', values.starts), plan);
}

async function compare(server: ServerSpec, starts: number, plan: Plan): Promise<void> {
  const results = new Map<string, StartRatio[]>(plan.variants.slice(1).map(({ name }) => [name, []]));
  for (let start = 0; start < starts; start++) {
    for (const [name, ratio] of await measureStart(server, plan, start)) results.get(name)?.push(ratio);
    console.error(`${server.name}: start ${start + 1} of ${starts}`);
  }
  console.log(`\n${server.name}: ${server.description}`);
  for (const [name, ratios] of results) {
    const estimate = (pick: (ratio: StartRatio) => number): string =>
      formatEstimate(estimateMedian(ratios.map(pick)), formatRatio);
    const middle = (pick: (ratio: StartRatio) => number): number => median(ratios.map(pick));
    console.log(
      `  ${name.padEnd(22)} main thread ${estimate(({ main }) => main)}, all threads ${estimate(({ all }) => all)}; ` +
        `${formatMicros(middle(({ mainMicros }) => mainMicros))} and ${formatMicros(middle(({ allMicros }) => allMicros))} a request; memory ${formatSignedMb(middle(({ addedMb }) => addedMb))}`,
    );
    console.log(`  ${' '.repeat(22)} starts: ${ratios.map(({ all }) => all.toFixed(2)).join(' ')}`);
  }
}

async function measureStart(server: ServerSpec, plan: Plan, start: number): Promise<ReadonlyMap<string, StartRatio>> {
  const random = seededRandom(start + 1);
  const contestants: Contestant[] = [];
  try {
    for (const variant of plan.variants) {
      const { node, pinning } = plan;
      const process = await startServer({ node, server, variant, pinning, backendUrl: '', env: {} });
      contestants.push({ name: variant.name, process, turns: [] });
    }
    for (const { process } of contestants) await turn(process, server, plan.warmupMs);
    for (let at = 0; at < plan.turns; at++) {
      for (const contestant of shuffle(contestants, random)) {
        contestant.turns.push(await turn(contestant.process, server, plan.turnMs));
        await sleep(PAUSE_MS);
      }
    }
    return ratiosOf(contestants);
  } finally {
    for (const { process } of contestants) await process.stop();
  }
}

async function turn({ pid, port }: ServerProcess, server: ServerSpec, ms: number): Promise<Turn> {
  const before = readThreadCpu(pid);
  const end = performance.now() + ms;
  const { requests } = await runClosedLoop(port, server.requests, () => performance.now() > end);
  const after = readThreadCpu(pid);
  const mainMicros = (after.mainMicros - before.mainMicros) / requests;
  return { mainMicros, allMicros: mainMicros + (after.othersMicros - before.othersMicros) / requests };
}

/** Each turn against the mean of the two bare servers' turns of the same round. */
function ratiosOf(contestants: readonly Contestant[]): Map<string, StartRatio> {
  const [bare, ...others] = contestants;
  const again = others.at(-1);
  if (!bare || !again) throw new Error('there are no two bare servers');
  const bareRssMb = (readRssMb(bare.process.pid) + readRssMb(again.process.pid)) / 2;
  return new Map(
    others.map((contestant) => {
      const base = contestant === again ? [bare] : [bare, again];
      const ratio = (pick: (turn: Turn) => number): number =>
        median(
          contestant.turns.map((own, at) => {
            const bases = base.map(({ turns }) => pick(turns[at] as Turn));
            return pick(own) / (bases.reduce((sum, value) => sum + value, 0) / bases.length);
          }),
        );
      return [
        contestant.name,
        {
          main: ratio(({ mainMicros }) => mainMicros),
          all: ratio(({ allMicros }) => allMicros),
          mainMicros: median(contestant.turns.map(({ mainMicros }) => mainMicros)),
          allMicros: median(contestant.turns.map(({ allMicros }) => allMicros)),
          addedMb: readRssMb(contestant.process.pid) - bareRssMb,
        },
      ] as const;
    }),
  );
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
