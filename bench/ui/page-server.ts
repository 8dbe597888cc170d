/** Serves the built page and one profile, as the collector thread would, without a profiled server. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { assetResponse, readAssets } from '../../src/api/assets.ts';
import type { ProfileAnswer, RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';

const DIST = fileURLToPath(new URL('../../dist/ui', import.meta.url));

const QUANTILES = { count: 0, mean: 0, p50: 0, p99: 0, max: 0 };
const STATUS: StatusAnswer = {
  version: '0',
  node: process.version,
  run: { id: 'generated', startedAt: 0, revision: '1' },
  pid: 1,
  store: { folder: null },
  processes: [{ pid: 1, title: 'generated', rssBytes: 0 }],
  sampling: {
    recording: true,
    intervalMs: 10,
    tracking: 'none',
    samples: 1,
    idleSamples: 0,
    missedSamples: 0,
    discarded: { warmup: 0, ignored: 0, profiler: 0, unresolved: 0, unmatched: 0 },
    cpuMs: { thread: 0, discarded: 0, owed: 0, held: 0 },
    samplerRestarts: 0,
  },
  requests: { ended: 1000, open: 0 },
  routes: 1,
  functions: 0,
  overhead: { rotationMs: QUANTILES, mainThreadShare: 0, collectorHeapBytes: 0, slots: 0, retiredSlots: 0 },
  waits: {
    tracing: 'off',
    share: 0,
    tracedRequests: 0,
    operations: 0,
    dropped: 0,
    costMs: 0,
    stitchedMs: 0,
    ambiguousMs: 0,
    unknownMs: 0,
  },
  push: null,
  capture: null,
  config: {},
  problems: [],
};
const ROUTES: RoutesAnswer = {
  routes: [
    {
      route: 'GET /',
      requests: 1000,
      errors: 0,
      durationMs: { mean: 1, p50: 1, p95: 1, p99: 1, max: 1 },
      samples: 1,
      cpuMs: 1,
      wallMs: 1,
      waitMs: 0,
      otherMs: 0,
      notTracedMs: 0,
      tracedRequests: 0,
      blockedBy: [],
    },
  ],
};

export async function servePage(profile: ProfileAnswer): Promise<{ readonly url: string; close(): void }> {
  const assets = readAssets(DIST);
  if (assets.size === 0) throw new Error('the page is not built: npm run build');
  const answers = new Map([
    ['api/v1/status', JSON.stringify(STATUS)],
    ['api/v1/routes', JSON.stringify(ROUTES)],
    ['api/v1/profile', JSON.stringify(profile)],
  ]);
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1).split('?')[0] ?? '';
    const asset = assets.get(path);
    if (asset) {
      const { status, headers, body } = assetResponse(asset, { path, headers: { 'accept-encoding': 'gzip' } });
      response.writeHead(status, { ...headers }).end(body);
      return;
    }
    const answer = answers.get(path);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json; charset=utf-8' }).end(answer ?? '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}
