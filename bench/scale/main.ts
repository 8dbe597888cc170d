/**
 * `npm run bench:scale [-- --seconds 60 --processes 10000]`: what one profiled process pushes per minute, in both formats, idle and busy; what
 * longer batches and leaving out rare stacks save, by encoding the same recording again; and what a fleet of such processes sends and keeps.
 * Needs a build.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readPprof } from '../../src/export/read-pprof.ts';
import { routeFunction } from '../../src/profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../../src/profile/call-tree-builder.ts';
import { mergeInto, mergeProfiles } from '../../src/profile/merge.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { inclusiveTotals } from '../../src/profile/totals.ts';
import { pushFormats } from '../../src/push/index.ts';
import { sendTraffic } from '../../test/accuracy/traffic.ts';
import { installFixture } from '../../test/helpers/install-fixture.ts';
import { type Backend, startBackend } from '../../test/helpers/push-backend.ts';
import { startServer } from '../../test/helpers/server.ts';

const SOURCE = { serviceName: 'scale', run: 'run-1', pid: 1, version: '0', labels: {} };
const BATCH_SECONDS = 12;
const SECONDS_PER_DAY = 86_400;
/** A stack with less of all samples than this is folded into its caller. */
const RARE_SHARE = 0.005;

interface Load {
  readonly name: string;
  readonly script: string;
  readonly paths: readonly string[];
  readonly requestsPerSecond: number;
  readonly modules?: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      processes: { type: 'string', default: '10000' },
      'days-kept': { type: 'string', default: '7' },
    },
  });
  const modules = `${await installFixture('accuracy')}/node_modules`;
  const express = 'test/accuracy/servers/express.cjs';
  const loads: readonly Load[] = [
    {
      name: 'plain http, idle (1 request/s)',
      script: 'test/fixtures/diff/server.cjs',
      paths: ['/search'],
      requestsPerSecond: 1,
    },
    {
      name: 'plain http, busy',
      script: 'test/fixtures/diff/server.cjs',
      paths: ['/search', '/report'],
      requestsPerSecond: 300,
    },
    {
      name: 'Express, 3 routes, busy',
      script: express,
      paths: ['/shop/orders', '/shop/orders/42', '/price/7'],
      requestsPerSecond: 60,
      modules,
    },
  ];
  const fleet = Number(values.processes);
  for (const load of loads) {
    const batches = await record(load, Number(values.seconds));
    const perMinute = (bodies: readonly Uint8Array[], batchSeconds: number): number =>
      (bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length) * (60 / batchSeconds);
    console.log(`\n${load.name}: ${batches.length} batches`);
    for (const format of pushFormats) {
      const encode = (tree: Profile): Uint8Array => gzipSync(format.encode({ tree, source: SOURCE }));
      const start = performance.now();
      const plain = batches.map(encode);
      const encodeMs = (performance.now() - start) / batches.length;
      const merged = mergeProfiles(batches);
      const variants: Record<string, number> = {
        [`every ${BATCH_SECONDS} s`]: perMinute(plain, BATCH_SECONDS),
        'rare stacks folded': perMinute(
          batches.map((tree) => encode(withoutRare(tree))),
          BATCH_SECONDS,
        ),
        [`every ${batches.length * BATCH_SECONDS} s`]: perMinute([encode(merged)], batches.length * BATCH_SECONDS),
        both: perMinute([encode(withoutRare(merged))], batches.length * BATCH_SECONDS),
      };
      for (const [name, bytes] of Object.entries(variants)) {
        const gbPerDay = ((bytes / 60) * SECONDS_PER_DAY * fleet) / 1e9;
        const cells = [
          format.format.padEnd(10),
          name.padEnd(20),
          `${(bytes / 1000).toFixed(1).padStart(7)} kB/min`,
          `fleet ${(((bytes / 60) * fleet * 8) / 1e6).toFixed(0).padStart(5)} Mbit/s`,
          `${gbPerDay.toFixed(0).padStart(6)} GB/day`,
          `kept ${((gbPerDay * Number(values['days-kept'])) / 1000).toFixed(1)} TB`,
        ];
        console.log(
          `  ${cells.join('  ')}${name.startsWith('every 12') ? `  encoding ${encodeMs.toFixed(1)} ms a batch` : ''}`,
        );
      }
    }
  }
  console.log(`\nrequests to the backend: ${(fleet / BATCH_SECONDS).toFixed(0)} per second from ${fleet} processes`);
}

async function record({ script, paths, requestsPerSecond, modules }: Load, seconds: number): Promise<Profile[]> {
  const backend = await startBackend();
  const env = { PROFILER_PUSH_URL: backend.url, ...(modules === undefined ? {} : { NODE_PATH: modules }) };
  const server = await startServer(script, { env });
  const end = performance.now() + (seconds + BATCH_SECONDS) * 1000;
  try {
    const plan = paths.map((path) => ({ method: 'GET', path }) as const);
    const rounds = Math.max(1, Math.round(requestsPerSecond / 4));
    while (performance.now() < end) {
      const start = performance.now();
      await sendTraffic(server.port, plan, rounds, 4);
      await delay(Math.max(0, (rounds / requestsPerSecond) * 1000 - (performance.now() - start)));
    }
  } finally {
    await server.stop();
    await backend.close();
  }
  return recordedTrees(backend);
}

/** The batches as the pusher had them. */
function recordedTrees({ pushed }: Backend): Profile[] {
  return pushed.map(({ body }) => {
    const builder = new CallTreeBuilder();
    let window = { from: 0, to: 0 };
    interface Series {
      readonly labels: readonly { readonly name: string; readonly value: string }[];
      readonly samples: readonly { readonly rawProfile: string }[];
    }
    for (const { labels, samples } of (JSON.parse(body.toString()) as { series: Series[] }).series) {
      const route = labels.find(({ name }) => name === 'route')?.value ?? '';
      const below = builder.child(ROOT, builder.addFunction(routeFunction(route)));
      for (const { rawProfile } of samples) {
        const profile = readPprof(Buffer.from(rawProfile, 'base64'));
        window = profile.window;
        mergeInto(builder, profile, below);
      }
    }
    return builder.build({ run: 'run-1', window, routes: [], requests: 0, intervalMs: 10 });
  });
}

/** Figures of what is rarely seen go to its caller: totals stay. */
function withoutRare(tree: Profile): Profile {
  const { nodes, functions } = tree;
  const samples = inclusiveTotals(nodes, nodes.self.samples);
  const least = (samples[0] ?? 0) * RARE_SHARE;
  const builder = new CallTreeBuilder();
  const target = new Int32Array(nodes.parent.length);
  for (let node = 0; node < target.length; node++) {
    const above = target[nodes.parent[node] ?? 0] ?? ROOT;
    const info = functions[nodes.function[node] ?? -1];
    const isRare = (samples[node] ?? 0) < least && nodes.parent[node] !== 0;
    target[node] = info && !isRare ? builder.child(above, builder.addFunction(info)) : above;
    const { self } = nodes;
    builder.addSelf(target[node] ?? ROOT, {
      samples: self.samples[node] ?? 0,
      cpuNs: self.cpuNs[node] ?? 0,
      wallNs: self.wallNs[node] ?? 0,
      waitNs: self.waitNs[node] ?? 0,
      waits: self.waits[node] ?? 0,
    });
  }
  return builder.build(tree);
}

await main();
