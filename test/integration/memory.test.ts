import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { api, using } from '../helpers/host-server.ts';

const MIB = 1024 * 1024;
const URLS = 200_000;
const WARM_UP = 20_000;
/** Of the host's heap after garbage collection. */
const MAX_HEAP_GROWTH = 4 * MIB;
/** Of the process, the collector thread included. */
const MAX_RSS_GROWTH = 48 * MIB;
/** The first names and the one for all others, at two places of the path; `(background)` and the like. */
const MAX_ROUTES = 130;
const PATIENCE_MS = 30_000;

/** CPU time of a function and what it calls, per route. */
async function cpuMsByRoute(url: string, name: string): Promise<Map<string, number>> {
  const { routes } = await api<RoutesAnswer>(url, 'routes');
  const found = new Map<string, number>();
  for (const { route } of routes) {
    const { nodes, functions } = await api<Profile>(url, `profile?route=${encodeURIComponent(route)}`);
    const inside: boolean[] = [false];
    let cpuNs = 0;
    for (let node = 1; node < nodes.parent.length; node++) {
      inside[node] = inside[nodes.parent[node] ?? 0] === true || functions[nodes.function[node] ?? -1]?.name === name;
      if (inside[node]) cpuNs += nodes.self.cpuNs[node] ?? 0;
    }
    if (cpuNs > 0) found.set(route, cpuNs / 1e6);
  }
  return found;
}

/** Sends requests over one connection, a hundred at a time. @param next the next path, null to stop. */
async function pipeline(url: string, next: () => string | null): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  let answered = 0;
  let rest = '';
  let look = (): void => {};
  socket.on('data', (data) => {
    const received = rest + data.toString('latin1');
    answered += received.split('HTTP/1.1 200').length - 1;
    rest = received.slice(-11);
    look();
  });
  for (let sent = 0, ended = false; !ended; ) {
    let batch = '';
    for (let size = 0; size < 100 && !ended; size++) {
      const path = next();
      ended = path === null;
      if (path === null) break;
      batch += `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      sent++;
    }
    socket.write(batch);
    await new Promise<void>((resolve) => {
      look = () => answered === sent && resolve();
      look();
    });
  }
  socket.destroy();
}

/** A word per number, so that no part of a URL looks like an id. */
function word(number: number): string {
  return number.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'.charAt(Number(digit)));
}

describe('memory', () => {
  it('does not grow with 200,000 distinct URLs, and the routes stay few', async () => {
    // V8 would widen the young generation under such a load, with and without the agent.
    await using(['--expose-gc', '--max-semi-space-size=8', 'leaks.cjs'], {}, async (url) => {
      const memory = async (): Promise<{ heapUsed: number; rss: number }> =>
        (await (await fetch(`${url}/memory`)).json()) as { heapUsed: number; rss: number };
      let number = 0;
      const urlsUpTo = (end: number) => () => {
        if (number === end) return null;
        number++;
        return `/w${word(number)}/page${number % 100 === 0 ? `/${word(number).repeat(500)}` : ''}`;
      };
      await pipeline(url, urlsUpTo(WARM_UP));
      const before = await memory();
      await pipeline(url, urlsUpTo(WARM_UP + URLS));
      let { requests } = await api<StatusAnswer>(url, 'status');
      // An answer of the API may be a fifth of a second old.
      for (let look = 0; look < 100 && requests.ended <= WARM_UP + URLS; look++) {
        await delay(50);
        ({ requests } = await api<StatusAnswer>(url, 'status'));
      }
      assert.equal(requests.ended, WARM_UP + URLS + 1);
      const { routes } = await api<RoutesAnswer>(url, 'routes');
      const counted = routes.filter((route) => route.requests > 0);
      assert.ok(counted.length <= MAX_ROUTES, `${counted.length} routes`);
      // One in a hundred has a path of its own.
      assert.ok((routes.find(({ route }) => route === 'GET /:name/page')?.requests ?? 0) > 0.98 * URLS);
      assert.equal(
        counted.reduce((sum, route) => sum + route.requests, 0),
        WARM_UP + URLS + 1,
      );
      const afterwards = await memory();
      const growth = { heap: afterwards.heapUsed - before.heapUsed, rss: afterwards.rss - before.rss };
      assert.ok(growth.heap < MAX_HEAP_GROWTH, `the heap grew by ${growth.heap / MIB} MiB`);
      assert.ok(growth.rss < MAX_RSS_GROWTH, `the process grew by ${growth.rss / MIB} MiB`);
    });
  });
});

describe('a request that stays open', () => {
  it('has its work shown while it is open', async () => {
    await using(['--no-warnings', 'leaks.cjs'], {}, async (url) => {
      const request = get(`${url}/events`);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      let found = new Map<string, number>();
      for (let waited = 0; waited < PATIENCE_MS && !((found.get('GET /events') ?? 0) > 50); waited += 500) {
        await delay(500);
        found = await cpuMsByRoute(url, 'streamEvent');
      }
      assert.ok((found.get('GET /events') ?? 0) > 50, JSON.stringify([...found]));
      assert.deepEqual([...found.keys()], ['GET /events']);
      assert.equal((await api<StatusAnswer>(url, 'status')).requests.open, 1);
      request.destroy();
    });
  });
});

describe('work that outlives its request', () => {
  const TRAFFIC_MS = 5000;
  /** A tail of a second counts for the request: at 5 ms of work every 20 ms that is a quarter of a second. */
  const TAIL_CPU_MS = 600;

  async function traffic(url: string, path: string, pauseMs: number): Promise<void> {
    for (const end = performance.now() + TRAFFIC_MS; performance.now() < end; ) {
      await (await fetch(`${url}${path}`)).text();
      await delay(pauseMs);
    }
  }

  it('a timer that a handler left running counts for its request for a second, then as background', async () => {
    await using(['--no-warnings', 'leaks.cjs'], {}, async (url) => {
      await fetch(`${url}/leak`);
      await traffic(url, '/other', 20);
      const found = await cpuMsByRoute(url, 'leakedTimer');
      assert.ok((found.get('(background)') ?? 0) > 300, JSON.stringify([...found]));
      assert.ok((found.get('GET /leak') ?? 0) < TAIL_CPU_MS, JSON.stringify([...found]));
      assert.equal(found.get('GET /other') ?? 0, 0);
    });
  });

  it('a connection opened by the first request counts as background, what follows the await for each request', async () => {
    await using(['--no-warnings', 'leaks.cjs'], {}, async (url) => {
      await Promise.all([traffic(url, '/pool', 20), traffic(url, '/other', 20)]);
      const shared = await cpuMsByRoute(url, 'pooledData');
      // In shares: how much it can burn in this time is up to the machine.
      const background = shared.get('(background)') ?? 0;
      assert.ok(background > 0 && background > (shared.get('GET /pool') ?? 0), JSON.stringify([...shared]));
      assert.equal(shared.get('GET /other') ?? 0, 0, JSON.stringify([...shared]));
      const own = await cpuMsByRoute(url, 'afterPool');
      assert.deepEqual([...own.keys()], ['GET /pool']);
    });
  });

  it('at thousands of requests per second it leaves the other routes within seconds', async () => {
    await using(['--no-warnings', 'leaks.cjs'], {}, async (url) => {
      await fetch(`${url}/leak`);
      const flood = (ms: number): Promise<void> => {
        const end = performance.now() + ms;
        return pipeline(url, () => (performance.now() < end ? '/other' : null));
      };
      await flood(6000);
      const early = (await cpuMsByRoute(url, 'leakedTimer')).get('GET /other') ?? 0;
      await flood(4000);
      const found = await cpuMsByRoute(url, 'leakedTimer');
      const late = (found.get('GET /other') ?? 0) - early;
      assert.ok(late < 100, `another ${late} ms of ${JSON.stringify([...found])}`);
      assert.ok((found.get('(background)') ?? 0) > 500, JSON.stringify([...found]));
    });
  });
});
