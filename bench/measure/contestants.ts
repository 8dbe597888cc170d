/**
 * Servers of several variants that run side by side and take turns, so that a machine whose speed changes from one second to the next is as slow for one as for
 * the other. The first and the last are bare Node.js: ratios are against the mean of the two, and the last against the first tells what ratios of equals are.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pinning } from '../process/pinning.ts';
import { type ServerProcess, startServer } from '../process/server-process.ts';
import type { ServerSpec } from '../servers.ts';
import { type Random, shuffle } from '../statistics/random.ts';
import { BASELINE, type Variant, variantNamed } from '../variants.ts';

/** Between two turns: what the last one set going ends in its own time. */
const PAUSE_MS = 20;
/** A server that was stopped catches up with its timers first. */
const WAKING_MS = 100;
const AGAIN = 'bare again';

export interface Contestant {
  readonly name: string;
  readonly process: ServerProcess;
}

export interface Field {
  /** Path of the Node.js binary. */
  readonly node: string;
  readonly server: ServerSpec;
  /** Beside the two bare servers. */
  readonly variants: readonly Variant[];
  readonly pinning: Pinning | null;
}

/** Starts one server per variant, all in one state of the machine, and ends them when `body` has. */
export async function withContestants<Result>(
  { node, server, variants, pinning }: Field,
  body: (contestants: readonly Contestant[]) => Promise<Result>,
): Promise<Result> {
  const bare = variantNamed(BASELINE);
  const prepared = await server.prepare?.();
  const contestants: Contestant[] = [];
  try {
    for (const variant of [bare, ...variants, { ...bare, name: AGAIN }]) {
      const launch = { node, server, variant, pinning, backendUrl: '', env: prepared?.env ?? {} };
      contestants.push({ name: variant.name, process: await startServer(launch) });
    }
    return await body(contestants);
  } finally {
    for (const { process } of contestants) await process.stop();
    await prepared?.end();
  }
}

export interface Rounds<Turn> {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  readonly random: Random;
  readonly turn: (contestant: Contestant, round: number) => Promise<Turn>;
}

/** @returns of each contestant its turns, in order. */
export async function takeTurns<Turn>({ contestants, rounds, random, turn }: Rounds<Turn>): Promise<Turn[][]> {
  const turns = contestants.map((): Turn[] => []);
  for (let round = 0; round < rounds; round++)
    for (const at of shuffle([...contestants.keys()], random)) {
      turns[at]?.push(await turn(contestants[at] as Contestant, round));
      await sleep(PAUSE_MS);
    }
  return turns;
}

/** As `takeTurns`, while all others are stopped: an agent works on by itself, and all servers share one core. */
export async function takeTurnsAlone<Turn>(rounds: Rounds<Turn>): Promise<Turn[][]> {
  const { contestants } = rounds;
  const signal = ({ process: { pid } }: Contestant, name: 'SIGSTOP' | 'SIGCONT'): boolean => process.kill(pid, name);
  for (const contestant of contestants) signal(contestant, 'SIGSTOP');
  try {
    const turn = async (contestant: Contestant, round: number): Promise<Turn> => {
      signal(contestant, 'SIGCONT');
      await sleep(WAKING_MS);
      const result = await rounds.turn(contestant, round);
      signal(contestant, 'SIGSTOP');
      return result;
    };
    return await takeTurns({ ...rounds, turn });
  } finally {
    for (const contestant of contestants) signal(contestant, 'SIGCONT');
  }
}

/** @returns round by round, contestant `at` over the mean of the bare servers; the last over the first. */
export function ratiosToBare<Turn>(turns: readonly Turn[][], at: number, pick: (turn: Turn) => number): number[] {
  const last = turns.length - 1;
  const bases = (at === last ? [0] : [0, last]).map((index) => (turns[index] ?? []).map(pick));
  return (turns[at] ?? []).map(
    (turn, round) => (pick(turn) * bases.length) / bases.reduce((sum, base) => sum + (base[round] ?? Number.NaN), 0),
  );
}
