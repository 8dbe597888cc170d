/**
 * `npm run bench:turns [-- --servers fastify --starts 6]`: CPU per request, and latency at 30 % of the bare server's load, of servers that have run for a while,
 * as multiples of bare Node.js. All run at the same time and take turns (measure/contestants.ts); each start is measured by itself, because V8 compiles a program in
 * one way at one start and in another at the next. Needs a build. Linux only.
 */

import { parseArgs } from 'node:util';
import { runClosedLoop } from './load/closed-loop.ts';
import { type Latency, runOpenLoop } from './load/open-loop.ts';
import { MODERATE } from './measure/calibrate.ts';
import {
  type Contestant,
  type Field,
  ratiosToBare,
  takeTurns,
  takeTurnsAlone,
  withContestants,
} from './measure/contestants.ts';
import { named, nodeOf, positive } from './options.ts';
import { pinSelf, planPinning } from './process/pinning.ts';
import { readRssMb, readThreadCpu } from './process/process-usage.ts';
import { formatEstimate, formatMicros, formatRatio, formatSignedMb } from './report/format.ts';
import { SERVERS, type ServerSpec } from './servers.ts';
import { estimateMedian } from './statistics/bootstrap.ts';
import { median } from './statistics/quantile.ts';
import { seededRandom } from './statistics/random.ts';
import { SUBJECT, VARIANTS } from './variants.ts';

const WARMUP_TURN_MS = 500;

interface Turn {
  readonly mainMicros: number;
  readonly allMicros: number;
  readonly requestsPerSecond: number;
}

/** Of one start of one variant. */
interface StartResult {
  /** Against the bare servers, medians of turns. */
  readonly main: number;
  readonly all: number;
  readonly mainMicros: number;
  readonly allMicros: number;
  readonly addedMb: number;
  /** One per turn. */
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  readonly p50Micros: readonly number[];
  readonly p99Micros: readonly number[];
}

interface Plan {
  readonly turns: number;
  readonly turnMs: number;
  readonly warmupMs: number;
  readonly latencyTurns: number;
  readonly latencySeconds: number;
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
      'latency-turns': { type: 'string', default: '10' },
      'latency-seconds': { type: 'string', default: '2' },
    },
  });
  const node = nodeOf(values.node);
  const variants = named('--variants', values.variants, VARIANTS);
  const pinning = planPinning();
  if (pinning) pinSelf(pinning);
  const plan: Plan = {
    turns: positive('--turns', values.turns),
    turnMs: positive('--ms', values.ms),
    warmupMs: positive('--warmup', values.warmup) * 1000,
    latencyTurns: values['latency-turns'] === '0' ? 0 : positive('--latency-turns', values['latency-turns']),
    latencySeconds: positive('--latency-seconds', values['latency-seconds']),
  };
  console.log(
    `Node.js ${values.node}, ${values.starts} starts of ${plan.turns} turns of ${plan.turnMs} ms, after ${values.warmup} s, then ${plan.latencyTurns} turns of ` +
      `${plan.latencySeconds} s at ${100 * MODERATE} % of bare capacity; medians [95 % CI]`,
  );
  for (const server of named('--servers', values.servers, SERVERS))
    await compare({ node, server, variants, pinning }, positive('--starts', values.starts), plan);
}

async function compare(field: Field, starts: number, plan: Plan): Promise<void> {
  const results = new Map<string, StartResult[]>();
  for (let start = 0; start < starts; start++) {
    for (const [name, result] of await withContestants(field, (all) => measureStart(field.server, all, plan, start)))
      results.set(name, [...(results.get(name) ?? []), result]);
    console.error(`${field.server.name}: start ${start + 1} of ${starts}`);
  }
  console.log(`\n${field.server.name}: ${field.server.description}`);
  for (const [name, ofStarts] of results) printResults(name, ofStarts);
}

function printResults(name: string, results: readonly StartResult[]): void {
  const estimate = (values: readonly number[]): string => formatEstimate(estimateMedian(values), formatRatio);
  const each = (pick: (result: StartResult) => number): number[] => results.map(pick);
  const turns = (pick: (result: StartResult) => readonly number[]): number[] => results.flatMap(pick);
  console.log(
    `  ${name.padEnd(22)} main thread ${estimate(each(({ main }) => main))}, all threads ${estimate(each(({ all }) => all))}; ` +
      `${formatMicros(median(each(({ mainMicros }) => mainMicros)))} and ${formatMicros(median(each(({ allMicros }) => allMicros)))} a request; ` +
      `memory ${formatSignedMb(median(each(({ addedMb }) => addedMb)))}`,
  );
  console.log(
    `  ${' '.repeat(22)} starts: ${each(({ all }) => all)
      .map((ratio) => ratio.toFixed(2))
      .join(' ')}`,
  );
  if (turns(({ p99 }) => p99).length > 0)
    console.log(
      `  ${' '.repeat(22)} latency: p50 ${estimate(turns(({ p50 }) => p50))}, p99 ${estimate(turns(({ p99 }) => p99))}; ` +
        `${formatMicros(median(turns(({ p50Micros }) => p50Micros)))} and ${formatMicros(median(turns(({ p99Micros }) => p99Micros)))}`,
    );
}

/** @returns by name, all but the first bare server. */
async function measureStart(
  server: ServerSpec,
  contestants: readonly Contestant[],
  plan: Plan,
  start: number,
): Promise<ReadonlyMap<string, StartResult>> {
  const random = seededRandom(start + 1);
  const loadTurns = (rounds: number, ms: number): Promise<Turn[][]> =>
    takeTurns({ contestants, random, rounds, turn: ({ process }) => loadTurn(process, server, ms) });
  // In turns, too: V8 collects all garbage of a server that rests, which makes it slower for good (docs/adr/0010, Ticks).
  await loadTurns(Math.ceil(plan.warmupMs / WARMUP_TURN_MS), WARMUP_TURN_MS);
  const turns = await loadTurns(plan.turns, plan.turnMs);
  const rssMb = contestants.map(({ process }) => readRssMb(process.pid));
  const bareRssMb = ((rssMb[0] ?? 0) + (rssMb.at(-1) ?? 0)) / 2;
  const capacity = median((turns[0] ?? []).map(({ requestsPerSecond }) => requestsPerSecond));
  const ratePerSecond = MODERATE * capacity;
  const requests = Math.round(ratePerSecond * plan.latencySeconds);
  const latencies = await takeTurnsAlone({
    contestants,
    random,
    rounds: plan.latencyTurns,
    turn: ({ process }, round) =>
      runOpenLoop(process.port, server.requests, { requests, ratePerSecond, random: seededRandom(round + 1) }),
  });
  const results = contestants.map(({ name }, at): [string, StartResult] => {
    const own = turns[at] ?? [];
    const ownLatencies: Latency[] = latencies[at] ?? [];
    return [
      name,
      {
        main: median(ratiosToBare(turns, at, ({ mainMicros }) => mainMicros)),
        all: median(ratiosToBare(turns, at, ({ allMicros }) => allMicros)),
        mainMicros: median(own.map(({ mainMicros }) => mainMicros)),
        allMicros: median(own.map(({ allMicros }) => allMicros)),
        addedMb: (rssMb[at] ?? 0) - bareRssMb,
        p50: ratiosToBare(latencies, at, ({ p50Micros }) => p50Micros),
        p99: ratiosToBare(latencies, at, ({ p99Micros }) => p99Micros),
        p50Micros: ownLatencies.map(({ p50Micros }) => p50Micros),
        p99Micros: ownLatencies.map(({ p99Micros }) => p99Micros),
      },
    ];
  });
  return new Map(results.slice(1));
}

async function loadTurn({ pid, port }: Contestant['process'], server: ServerSpec, ms: number): Promise<Turn> {
  const before = readThreadCpu(pid);
  const end = performance.now() + ms;
  const { requests, seconds } = await runClosedLoop(port, server.requests, () => performance.now() > end);
  const after = readThreadCpu(pid);
  const mainMicros = (after.mainMicros - before.mainMicros) / requests;
  const allMicros = mainMicros + (after.othersMicros - before.othersMicros) / requests;
  return { mainMicros, allMicros, requestsPerSecond: requests / seconds };
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
