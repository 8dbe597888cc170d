/**
 * Slices of two servers as a sampler would see them: requests of varying cost, samples by chance, a machine whose speed wanders. Seeded, so
 * that each test sees the same chance every time.
 */

import { seededRandom } from '../../bench/statistics/random.ts';
import { CallTreeBuilder, ROOT } from '../../src/profile/call-tree-builder.ts';
import type { FunctionInfo, Profile } from '../../src/profile/profile.ts';
import { METADATA } from './profiles.ts';

const NS_PER_SAMPLE = 1e6;
const SLICE_MS = 1000;

export interface SimulatedServer {
  /** Mean samples per request, by function. */
  readonly costs: Readonly<Record<string, number>>;
  readonly requestsPerSlice: number;
  readonly slices: number;
  /** Standard deviation of the machine's speed from one slice to the next, the same for both servers. */
  readonly drift: number;
  /** Servers are started anew so often, on both sides; default 1. The slices are spread over the starts. */
  readonly starts?: number;
  /** Functions that take twice as long in about half of the starts. */
  readonly unsteady?: readonly string[];
}

/** Two runs of servers in turns. @param changed by what factor functions of the later one cost more. */
export function simulate(
  server: SimulatedServer,
  changed: Readonly<Record<string, number>>,
  seed: number,
): { readonly before: Profile[]; readonly after: Profile[] } {
  const random = seededRandom(seed);
  const sides = { before: [] as Profile[], after: [] as Profile[] };
  const { starts = 1, unsteady = [] } = server;
  const ways: Record<string, number> = {};
  for (let slice = 0; slice < server.slices; slice++) {
    const speed = Math.exp(server.drift * normal(random));
    const start = Math.floor((slice * starts) / server.slices);
    for (const [turn, side] of (['before', 'after'] as const).entries()) {
      const run = `${side}-${start}`;
      const from = METADATA.window.from + (2 * slice + turn) * SLICE_MS;
      const builder = new CallTreeBuilder();
      for (const [name, mean] of Object.entries(server.costs)) {
        const key = `${name} ${run}`;
        if (unsteady.includes(name)) ways[key] ??= random() < 0.5 ? 2 : 1;
        const cost = mean * (ways[key] ?? 1) * speed * (side === 'after' ? (changed[name] ?? 1) : 1);
        let samples = 0;
        // Costs of requests spread exponentially: their samples come in clusters.
        for (let request = 0; request < server.requestsPerSlice; request++)
          samples += poisson(-Math.log(1 - random()) * cost, random);
        const node = builder.child(
          builder.child(ROOT, builder.addFunction(functionNamed('handle'))),
          builder.addFunction(functionNamed(name)),
        );
        builder.addSelf(node, { samples, cpuNs: samples * NS_PER_SAMPLE, wallNs: samples * NS_PER_SAMPLE });
      }
      sides[side].push(
        builder.build({ ...METADATA, run, window: { from, to: from + SLICE_MS }, requests: server.requestsPerSlice }),
      );
    }
  }
  return sides;
}

function functionNamed(name: string): FunctionInfo {
  return { name, file: '/app/server.js', line: name.length, column: 1, category: 'app' };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Knuth's, for small means. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
