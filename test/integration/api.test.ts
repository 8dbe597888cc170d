/** The API as clients use and misuse it, on a running server. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiError } from '../../src/api/types.ts';
import { readPprof } from '../../src/export/read-pprof.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { act, api, routeNamed, status, UI, until, usingRoutes } from '../helpers/host-server.ts';

describe('malformed requests to the API', () => {
  const cases: ReadonlyArray<readonly [string, number]> = [
    ['api/v1/nothing', 404],
    ['nothing', 404],
    ['api/v1/profile?route=GET%20/unknown', 400],
    ['api/v1/profile?rout=GET%20/', 400],
    ['api/v1/profile?from=yesterday', 400],
    ['api/v1/profile?from=-1', 400],
    ['api/v1/profile?to=1e400', 400],
    ['api/v1/profile?run=another', 400],
    ['api/v1/profile?process=abc', 400],
    ['api/v1/profile?route=%E0%A4%A', 400],
    ['api/v1/routes?limit=5', 400],
    ['api/v1/status?verbose', 400],
    ['api/v1/export', 400],
    ['api/v1/export?format=exe', 400],
    ['api/v1/export?format=pprof&metric=memory', 400],
    ['api/v1/export?format=text&limit=many', 400],
    ['stats?sort=colour', 400],
    ['stats?mode=upside-down', 400],
    ['stats?limit=0', 400],
    ['stats?fulldirs=2', 400],
    [`stats?filename=${'x'.repeat(3000)}`, 400],
    ['api/v1/clear', 405],
    ['api/v1/recording', 405],
  ];

  it('are answered with 4xx and a JSON error each', async () => {
    await usingRoutes({}, async (url, server) => {
      await fetch(`${url}/burn/1`);
      await until(
        async () => (await routeNamed(url, 'GET /burn/:id')) !== undefined,
        async () => api(url, 'routes'),
      );
      for (const [path, expected] of cases) {
        const response = await fetch(`${url}${UI}/${path}`);
        const { code, error } = (await response.json()) as ApiError;
        assert.equal(response.status, expected, `${path}: ${error}`);
        assert.match(code, /^PROFILER_E_[A-Z_]+$/);
        assert.ok(error.length > 0 && error.length < 500 && !error.includes('\n'), `${path}: ${error}`);
      }
      assert.deepEqual((await status(url)).problems, []);
      assert.equal(server.stderr(), '');
    });
  });

  it('that would act are refused without their header, from elsewhere, with a wrong or long body', async () => {
    await usingRoutes({}, async (url) => {
      const refusals: ReadonlyArray<readonly [Promise<Response>, number]> = [
        [fetch(`${url}${UI}/api/v1/clear`, { method: 'POST' }), 403],
        [act(url, 'clear', '', { 'sec-fetch-site': 'cross-site' }), 403],
        [act(url, 'clear', '', { origin: 'https://evil.example' }), 403],
        [act(url, 'recording', ''), 400],
        [act(url, 'recording', 'null'), 400],
        [act(url, 'recording', '[]'), 400],
        [act(url, 'recording', '{"on":1}'), 400],
        [act(url, 'recording', `{"on":true,"x":"${'x'.repeat(5000)}"}`), 413],
        [act(url, 'status', '{}'), 405],
        [fetch(`${url}${UI}/api/v1/clear`, { method: 'DELETE', headers: { 'x-profiler': '1' } }), 405],
      ];
      for (const [answer, expected] of refusals) {
        const response = await answer;
        assert.equal(response.status, expected);
        assert.match(((await response.json()) as ApiError).code, /^PROFILER_E_/);
      }
    });
  });
});

describe('requests', () => {
  it('that the client gives up, and those that fail, are counted as errors', async () => {
    await usingRoutes({}, async (url) => {
      for (let index = 0; index < 3; index++) {
        const abort = new AbortController();
        const response = await fetch(`${url}/hang`, { signal: abort.signal });
        assert.equal(response.status, 200);
        abort.abort();
      }
      await fetch(`${url}/fail`);
      await until(
        async () => (await routeNamed(url, 'GET /hang'))?.requests === 3,
        async () => api(url, 'routes'),
      );
      assert.equal((await routeNamed(url, 'GET /hang'))?.errors, 3);
      assert.equal((await routeNamed(url, 'GET /fail'))?.errors, 1);
      assert.equal((await status(url)).requests.open, 0);
    });
  });

  it('that ignore names are neither counted nor profiled, but their samples are counted', async () => {
    await usingRoutes({ env: { PROFILER_IGNORE: '/burn/2*, *.css' } }, async (url) => {
      for (const path of ['/burn/200', '/burn/201?x', '/burn/100', '/style.css']) await fetch(`${url}${path}`);
      await until(
        async () => (await routeNamed(url, 'GET /burn/:id'))?.requests === 1,
        async () => api(url, 'routes'),
      );
      const { sampling, requests } = await status(url);
      assert.equal(requests.ended, 1);
      assert.ok(sampling.discarded.ignored >= 20, `${sampling.discarded.ignored} samples`);
      assert.ok(((await routeNamed(url, 'GET /burn/:id'))?.cpuMs ?? 0) < 200);
    });
  });
});

describe('actions', () => {
  it('clear forgets what was recorded, and recording goes on', async () => {
    await usingRoutes({}, async (url) => {
      await fetch(`${url}/burn/100`);
      await until(
        async () => (await routeNamed(url, 'GET /burn/:id'))?.requests === 1,
        async () => api(url, 'routes'),
      );
      assert.equal((await act(url, 'clear')).status, 200);
      assert.equal(await routeNamed(url, 'GET /burn/:id'), undefined);
      await fetch(`${url}/burn/100`);
      await until(
        async () => (await routeNamed(url, 'GET /burn/:id'))?.requests === 1,
        async () => api(url, 'routes'),
      );
    });
  });

  it('an export right after clear and a short load holds all of that load', async () => {
    await usingRoutes({}, async (url) => {
      await fetch(`${url}/burn/1`);
      await act(url, 'clear');
      for (let index = 0; index < 7; index++) await fetch(`${url}/burn/1`);
      const text = await (await fetch(`${url}${UI}/api/v1/export?format=text`)).text();
      assert.match(text, /^ +7 requests, /m);
    });
  });

  it('recording off: requests are served and not recorded; on again: they are, as often as one likes', async () => {
    await usingRoutes({}, async (url, server) => {
      let recorded = 0;
      for (let round = 0; round < 5; round++) {
        assert.deepEqual(await (await act(url, 'recording', '{"on":false}')).json(), { recording: false });
        const { samples } = (await status(url)).sampling;
        assert.equal(await (await fetch(`${url}/burn/100`)).text(), 'done');
        const off = await status(url);
        assert.equal(off.sampling.recording, false);
        assert.equal(off.sampling.samples, samples);
        assert.equal(off.requests.ended, recorded);
        assert.deepEqual(await (await act(url, 'recording', '{"on":true}')).json(), { recording: true });
        await fetch(`${url}/burn/100`);
        recorded++;
        await until(
          async () => (await routeNamed(url, 'GET /burn/:id'))?.requests === recorded,
          async () => status(url),
        );
        assert.equal((await status(url)).sampling.recording, true);
      }
      const { cpuMs = 0 } = (await routeNamed(url, 'GET /burn/:id')) ?? {};
      assert.ok(cpuMs > 250 && cpuMs < 900, `${cpuMs} ms of 500`);
      assert.deepEqual((await status(url)).problems, []);
      assert.equal(server.stderr(), '');
    });
  });

  it('recording off while requests are open: they end as they would', async () => {
    await usingRoutes({}, async (url) => {
      const abort = new AbortController();
      await fetch(`${url}/hang`, { signal: abort.signal });
      await act(url, 'recording', '{"on":false}');
      abort.abort();
      await act(url, 'recording', '{"on":true}');
      await fetch(`${url}/burn/1`);
      await until(
        async () => (await routeNamed(url, 'GET /burn/:id'))?.requests === 1,
        async () => api(url, 'routes'),
      );
      assert.equal((await status(url)).requests.open, 0);
    });
  });
});

describe('debug/pprof/profile', () => {
  it('answers several scrapers at once, each with its own window, and outlives those that go away', async () => {
    await usingRoutes({}, async (url) => {
      await fetch(`${url}/burn/100`);
      const scrape = (seconds: number, signal?: AbortSignal): Promise<Response> =>
        fetch(`${url}${UI}/debug/pprof/profile?seconds=${seconds}`, signal ? { signal } : {});
      const abort = new AbortController();
      const aborted = scrape(30, abort.signal).catch((error: unknown) => error);
      const scrapes = Array.from({ length: 4 }, () => scrape(3));
      await delay(300);
      abort.abort();
      // A window begins with a rotation, which a busy machine may hold up.
      for (let sent = 0; sent < 3; sent++) {
        await fetch(`${url}/burn/100`);
        await delay(500);
      }
      for (const response of await Promise.all(scrapes)) {
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('content-type'), 'application/octet-stream');
        assert.equal(response.headers.get('content-disposition'), 'attachment; filename="profile"');
        const profile: Profile = readPprof(new Uint8Array(await response.arrayBuffer()));
        assert.ok(profile.functions.some(({ name }) => name === 'burn'));
      }
      assert.ok((await aborted) instanceof Error);
      const quiet = readPprof(new Uint8Array(await (await scrape(0)).arrayBuffer()));
      assert.ok(!quiet.functions.some(({ name }) => name === 'burn'), 'what came before the window is not in it');
      assert.deepEqual((await status(url)).problems, []);
    });
  });
});

describe("debug/pprof's errors", () => {
  it("are Go's: plain text, its words, its header, no download", async () => {
    await usingRoutes({}, async (url) => {
      const invalid = 'invalid value for "seconds" - must be a positive integer\n';
      const tooLong = "profile duration exceeds server's WriteTimeout\n";
      for (const [path, expected, text] of [
        ['profile?seconds=-1', 400, invalid],
        ['profile?seconds=forever', 400, invalid],
        ['profile?seconds=100000', 400, tooLong],
        ['heap?seconds=0', 400, invalid],
        ['allocs?seconds=100000', 400, tooLong],
        ['heap?seconds=1&debug=1', 400, 'seconds and debug params are incompatible\n'],
        ['goroutine', 404, 'Unknown profile\n'],
      ] as const) {
        const response = await fetch(`${url}${UI}/debug/pprof/${path}`);
        assert.deepEqual([response.status, await response.text()], [expected, text], path);
        assert.equal(response.headers.get('x-go-pprof'), '1');
        assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
        assert.equal(response.headers.get('content-disposition'), null);
      }
      await act(url, 'recording', '{"on":false}');
      const off = await fetch(`${url}${UI}/debug/pprof/profile?seconds=1`);
      assert.deepEqual([off.status, await off.text()], [500, 'Could not enable CPU profiling: recording is off\n']);
    });
  });
});

describe('an open page', () => {
  it('closes its connections, so it never delays server.close()', async () => {
    await usingRoutes({}, async (url, server) => {
      const agent = new Agent({ keepAlive: true });
      for (const path of ['', '/api/v1/status', '/api/v1/nothing', '/stats']) {
        const [answer] = (await once(get(`${url}${UI}${path}`, { agent }), 'response')) as [IncomingMessage];
        assert.equal(answer.headers.connection, 'close', path);
        answer.resume();
        await once(answer, 'end');
      }
      const before = performance.now();
      await fetch(`${url}/close`, { headers: { connection: 'close' } });
      await server.printed(/^closed$/m);
      assert.deepEqual(await server.exit, { code: 0, signal: null });
      assert.ok(performance.now() - before < 3000);
    });
  });
});
