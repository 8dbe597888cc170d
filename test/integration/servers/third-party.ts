/**
 * What every server that nobody here wrote must show: right routes, a plausible hot spot, answers that are the same to the byte with and
 * without the agent, and the same end on SIGTERM.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { basename } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Profile } from '../../../src/api/types.ts';
import { freePort } from '../../helpers/free-port.ts';
import { withoutPid } from '../../helpers/node-process.ts';
import { grownRoute, requestCounts } from '../../helpers/routes.ts';
import type { ServerOptions, TestServer } from '../../helpers/server.ts';

/** Enough for the hot spot to stand out at a sampling interval of 1 ms. */
const HOT_MS = 3000;
const INTERVAL_MS = '1';
const CONNECT_ATTEMPTS = 100;
const CONNECT_PAUSE_MS = 50;

/** A request as it goes over the wire, and the route that its sender would give it. */
export interface RawRequest {
  readonly line: string;
  readonly route: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ThirdPartyServer {
  readonly name: string;
  /** Starts it on a port. Called anew for each run, so that a server that changes its data starts from the same. */
  readonly start: (port: number, options: ServerOptions) => Promise<TestServer>;
  readonly requests: readonly RawRequest[];
  readonly hot: {
    /** The request that does the work. */
    readonly request: RawRequest;
    /**
     * What must use most CPU time, with the native and Node.js functions that it calls: a package, or a file of the application.
     * Several where they share the work about equally.
     */
    readonly owners: readonly string[];
    /** Why. */
    readonly because: string;
  };
}

export function describeThirdPartyServer({ name, start, requests, hot }: ThirdPartyServer): void {
  describe(`${name}, unmodified`, () => {
    let server: TestServer;
    let port: number;
    const profiled: ServerOptions = { env: { PROFILER_INTERVAL_MS: INTERVAL_MS } };
    const answers: string[] = [];

    before(async () => {
      port = await freePort();
      server = await start(port, profiled);
    });
    after(() => server?.stop());

    it('reports the routes that its developer would name', async () => {
      const routes: [string, string][] = [];
      for (const request of requests) {
        const counted = await requestCounts(server);
        answers.push(await exchange(port, request));
        routes.push([request.line, (await grownRoute(server, counted)) ?? 'none']);
      }
      assert.deepEqual(
        routes,
        requests.map(({ line, route }) => [line, route]),
      );
    });

    it(`shows ${hot.owners.join(' or ')} first for ${hot.request.line}: ${hot.because}`, async () => {
      for (const end = Date.now() + HOT_MS; Date.now() < end; ) await exchange(port, hot.request);
      await requestCounts(server);
      const profile = (await server.api(`profile?route=${encodeURIComponent(hot.request.route)}`)) as Profile;
      const found = cpuByOwner(profile);
      const shown = found.slice(0, 5).map(([owner, ns]) => `${owner} ${(ns / 1e6).toFixed(0)} ms`);
      assert.ok(hot.owners.includes(found[0]?.[0] ?? ''), shown.join(', '));
    });

    it('answers the same to the byte, and ends in the same way, as without the agent', async () => {
      const end = await server.stop();
      const bare = await start(port, { profiled: false });
      const bareAnswers: string[] = [];
      for (const request of requests) bareAnswers.push(await exchange(port, request));
      assert.deepEqual(await bare.stop(), end);
      assert.deepEqual(answers, bareAnswers);
      assert.equal(withoutPid(server.stderr()), withoutPid(bare.stderr()));
    });
  });
}

/** @returns the whole answer as it came, without the date. */
async function exchange(port: number, { line, headers = {}, body = '' }: RawRequest): Promise<string> {
  const socket = await connectTo(port);
  const length: Record<string, string> = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const fields = { Host: 'localhost', Connection: 'close', ...headers, ...length };
  const head = Object.entries(fields).map(([field, value]) => `${field}: ${value}\r\n`);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(`${line} HTTP/1.1\r\n${head.join('')}\r\n${body}`);
  await once(socket, 'close');
  return answer.replace(/^date: .*\r\n/im, '');
}

/** Some servers say where they listen before they do. */
async function connectTo(port: number): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (attempt === CONNECT_ATTEMPTS) throw error;
      await delay(CONNECT_PAUSE_MS);
    }
  }
}

/**
 * CPU time by package, or by file where it is the application's own; Node.js and native functions count for their caller. Most first. What
 * nobody owns, garbage collection and compiling, is left out: it is most of a server's first seconds on a busy machine.
 */
function cpuByOwner({ nodes, functions }: Profile): [owner: string, ns: number][] {
  const times = new Map<string, number>();
  const owners: (string | undefined)[] = [];
  for (let node = 0; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] ?? -1];
    const own = info?.package ?? (info?.category === 'app' ? fileName(info.file) : undefined);
    const owner = own ?? owners[nodes.parent[node] ?? -1];
    owners.push(owner);
    if (owner !== undefined) times.set(owner, (times.get(owner) ?? 0) + (nodes.self.cpuNs[node] ?? 0));
  }
  return [...times].sort(([, a], [, b]) => b - a);
}

/** Templates name themselves in quotes (`//# sourceURL="catalog.ejs"`), of which V8 keeps the second. */
function fileName(file: string): string {
  return basename(file).replaceAll('"', '');
}
