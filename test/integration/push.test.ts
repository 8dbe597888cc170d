/** A profiled server that pushes to real HTTP and HTTPS servers: what arrives, and what the server itself notices of a backend in trouble. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { StatusAnswer } from '../../src/api/types.ts';
import { ProtobufReader } from '../../src/export/protobuf-reader.ts';
import { readPprof } from '../../src/export/read-pprof.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import { until } from '../helpers/host-server.ts';
import { type Backend, startBackend } from '../helpers/push-backend.ts';
import { requestCounts } from '../helpers/routes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const SERVER = fileURLToPath(new URL('../fixtures/cli/server.cjs', import.meta.url));
const TLS_FOLDER = fileURLToPath(new URL('../fixtures/connections/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'profiler-push-'));
after(() => rmSync(folder, { recursive: true }));

async function burn(server: TestServer, times: number): Promise<void> {
  for (let index = 0; index < times; index++) assert.equal((await server.get('/burn')).status, 200);
  await requestCounts(server);
}

async function pushStatus(server: TestServer): Promise<NonNullable<StatusAnswer['push']>> {
  const { push } = (await server.api('status')) as StatusAnswer;
  assert.ok(push);
  return push;
}

interface Series {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly samples: readonly { readonly rawProfile: string }[];
}

/** CPU time by route of everything that was pushed. */
function pushedCpu({ pushed }: Backend): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { body } of pushed) {
    for (const { labels, samples } of (JSON.parse(body.toString()) as { series: Series[] }).series) {
      const route = labels.find(({ name }) => name === 'route')?.value ?? '';
      for (const { rawProfile } of samples) {
        const { nodes } = readPprof(Buffer.from(rawProfile, 'base64'));
        totals.set(route, (totals.get(route) ?? 0) + sumColumn(nodes.self.cpuNs));
      }
    }
  }
  return totals;
}

test('pyroscope over TLS: every route with the CPU time that the server itself shows, once the batch is sent', async () => {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(TLS_FOLDER, name)));
  assert.ok(key && cert);
  const backend = await startBackend({ tls: { key, cert } });
  const server = await startServer(SERVER, {
    env: {
      NODE_EXTRA_CA_CERTS: join(TLS_FOLDER, 'cert.pem'),
      PROFILER_PUSH_URL: backend.url.replace('127.0.0.1', 'localhost'),
      PROFILER_PUSH_HEADERS: 'authorization=Bearer s3cret',
      PROFILER_PUSH_LABELS: 'service_name=shop,env=test',
    },
  });
  try {
    await burn(server, 5);
    const [first] = await backend.got(1);
    assert.equal(first?.path, '/push.v1.PusherService/Push');
    assert.equal(first?.headers.authorization, 'Bearer s3cret');
    const { series } = JSON.parse(String(first?.body)) as { series: Series[] };
    const labels = Object.fromEntries((series[0]?.labels ?? []).map(({ name, value }) => [name, value]));
    assert.deepEqual([labels['service_name'], labels['env'], labels['pid']], ['shop', 'test', String(server.pid)]);
    // The rest of what was recorded by then follows with the next batches: compare what has been sent with what was recorded until then.
    const pushed = pushedCpu(backend).get('GET /burn') ?? 0;
    const { nodes } = (await server.api('profile?route=GET%20%2Fburn')) as Profile;
    assert.ok(Math.abs(pushed / sumColumn(nodes.self.cpuNs) - 1) < 1e-6, `${pushed} of ${sumColumn(nodes.self.cpuNs)}`);
    await until(
      async () => (await pushStatus(server)).sent >= 1,
      () => pushStatus(server),
    );
    const status = JSON.stringify(await server.api('status'));
    assert.ok(!status.includes('s3cret'), status);
  } finally {
    await server.stop();
    await backend.close();
  }
});

test('OTLP: protobuf, gzipped, at the path of the profiles signal', async () => {
  const backend = await startBackend();
  const server = await startServer(SERVER, { env: { PROFILER_PUSH_URL: backend.url, PROFILER_PUSH_FORMAT: 'otlp' } });
  try {
    await burn(server, 3);
    const [first] = await backend.got(1);
    assert.deepEqual(
      [first?.path, first?.headers['content-type']],
      ['/v1development/profiles', 'application/x-protobuf'],
    );
    const reader = new ProtobufReader(first?.body ?? new Uint8Array());
    const fields: number[] = [];
    while (reader.next()) fields.push(reader.field);
    assert.deepEqual(fields, [1, 2]);
    assert.ok(String(first?.body).includes('GET /burn'));
  } finally {
    await server.stop();
    await backend.close();
  }
});

test('a backend that is gone: the server answers, ends on SIGTERM at once, and the next start sends what was left', async () => {
  const gone = await startBackend();
  await gone.close();
  const env = { PROFILER_PUSH_URL: gone.url, PROFILER_DATA_DIR: folder };
  const server = await startServer(SERVER, { env });
  await burn(server, 4);
  const { nodes } = (await server.api('profile?route=GET%20%2Fburn')) as Profile;
  // Only a process whose end is watched can keep what its last seconds recorded (docs/adr/0007-signals.md).
  await server.get('/exit/0');
  await server.stop();
  assert.ok(readdirSync(folder, { recursive: true }).some((name) => /\/push\/.+\.pyroscope$/.test(String(name))));
  const backend = await startBackend({ port: Number(new URL(gone.url).port) });
  const next = await startServer(SERVER, { env });
  try {
    // It is loaded by the first server that listens, and sends what it finds.
    await backend.got(1);
    assert.ok(Math.abs((pushedCpu(backend).get('GET /burn') ?? 0) / sumColumn(nodes.self.cpuNs) - 1) < 1e-6);
    await until(
      async () => (await pushStatus(next)).queued === 0,
      () => pushStatus(next),
    );
  } finally {
    await next.stop();
    await backend.close();
  }
});

test('a backend that says nothing never delays the end of the process', async () => {
  const backend = await startBackend();
  backend.answer = 'silent';
  const server = await startServer(SERVER, { env: { PROFILER_PUSH_URL: backend.url } });
  await burn(server, 2);
  await backend.got(1);
  assert.deepEqual(await server.stop(), { code: null, signal: 'SIGTERM' });
  await backend.close();
});
