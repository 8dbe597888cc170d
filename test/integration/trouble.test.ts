import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage, request } from 'node:http';
import { get as httpsGet } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiError, RouteFigures, RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import { readPprof } from '../../src/export/read-pprof.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { HOST_FIXTURES, type NodeProcess, type NodeProcessOptions, startNode } from '../helpers/node-process.ts';

const PATIENCE_MS = 20_000;
const UI = '/__profile__';

const temporary = mkdtempSync(join(tmpdir(), 'profiler-trouble-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

let folders = 0;
function newFolder(): string {
  const folder = join(temporary, String(++folders));
  mkdirSync(folder);
  return folder;
}

type Use = (url: string, server: NodeProcess) => Promise<void>;

async function using(options: NodeProcessOptions, use: Use, args: readonly string[] = []): Promise<void> {
  const server = startNode([join(HOST_FIXTURES, 'routes.cjs'), ...args], options);
  try {
    await use(await server.url(), server);
  } finally {
    server.kill('SIGKILL');
    await server.exit;
  }
}

/** @param extra headers besides those that a program needs for an action. */
async function act(url: string, action: string, body = '', extra: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}${UI}/api/v1/${action}`, { method: 'POST', body, headers: { 'x-profiler': '1', ...extra } });
}

async function api<Answer>(url: string, path: string): Promise<Answer> {
  const response = await fetch(`${url}${UI}/api/v1/${path}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Answer;
}

const status = (url: string): Promise<StatusAnswer> => api<StatusAnswer>(url, 'status');

async function routeNamed(url: string, name: string): Promise<RouteFigures | undefined> {
  const { routes } = await api<RoutesAnswer>(url, 'routes');
  return routes.find(({ route }) => route === name);
}

async function until(condition: () => Promise<boolean>, otherwise: () => Promise<unknown>): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 100) {
    if (await condition()) return;
    await delay(100);
  }
  assert.fail(JSON.stringify(await otherwise()));
}

/** The agent's lines on stderr, without the one that names the URL. */
function complaints(server: NodeProcess): string[] {
  return server
    .stderr()
    .split('\n')
    .filter((line) => line !== '' && !/^profiler: (?:https?:\/\/|unix:)/.test(line));
}

describe('the configuration', () => {
  it('with a wrong key and a wrong value: one line each names file, line, key and what is accepted; the server starts', async () => {
    const folder = newFolder();
    const file = join(folder, 'profiler.ini');
    writeFileSync(file, '[profiler]\npth = /elsewhere\ninterval_ms = soon\nignore = /static/*\n');
    await using({ cwd: folder }, async (url, server) => {
      const { problems, config } = await status(url);
      assert.equal(problems.length, 2);
      assert.match(problems[0] ?? '', new RegExp(`^${file}:2: .*pth.*path`));
      assert.match(problems[1] ?? '', new RegExp(`^${file}:3: interval_ms = "soon" .* from 1 to 1000.*10`));
      assert.deepEqual(
        complaints(server),
        problems.map((problem) => `profiler: ${problem}`),
      );
      assert.equal(config['intervalMs'], 10);
      assert.deepEqual(config['ignore'], ['/static/*']);
    });
  });

  it('that cannot be read: one line, the server starts with the defaults', async () => {
    const folder = newFolder();
    for (const file of [join(folder, 'missing.ini'), folder]) {
      await using({ env: { PROFILER_CONFIG: file } }, async (url, server) => {
        const { problems } = await status(url);
        assert.equal(problems.length, 1);
        assert.ok(problems[0]?.startsWith(`${file}: `), problems[0]);
        assert.deepEqual(complaints(server), [`profiler: ${problems[0]}`]);
      });
    }
  });

  it('that is not for this user: one line', { skip: process.getuid?.() === 0 }, async () => {
    const folder = newFolder();
    const file = join(folder, 'profiler.ini');
    writeFileSync(file, '[profiler]\n');
    chmodSync(file, 0);
    await using({ cwd: folder }, async (_url, server) => assert.equal(complaints(server).length, 1));
  });

  it('with a wrong variable: one line names it', async () => {
    await using({ env: { PROFILER_ACCESS: 'everyone', PROFILER_INTERVAL: '5' } }, async (_url, server) => {
      const lines = complaints(server);
      assert.equal(lines.length, 2);
      assert.ok(
        lines.some((line) => /PROFILER_INTERVAL\b.*PROFILER_INTERVAL_MS/.test(line)),
        lines.join('\n'),
      );
      assert.ok(
        lines.some((line) => /PROFILER_ACCESS = "everyone".*local, token, open, off/.test(line)),
        lines.join('\n'),
      );
    });
  });

  it('with a log file that cannot be written: one line and a problem, the server goes on', async () => {
    const log = join(temporary, 'no such folder/server.pprof');
    await using({ env: { PROFILER_LOG_FILENAME: log } }, async (url, server) => {
      await fetch(`${url}/burn/1`);
      const said = async (): Promise<boolean> => (await status(url)).problems.some((problem) => problem.includes(log));
      await until(said, async () => (await status(url)).problems);
      assert.equal(complaints(server).length, 1);
      assert.equal((await fetch(`${url}/burn/1`)).status, 200);
    });
  });
});

describe('the path of the page', () => {
  it("that is one of the application's own: one line and a problem once a refused visitor got the application's page", async () => {
    await using(
      {},
      async (url, server) => {
        const refused = { headers: { 'x-forwarded-for': '10.0.0.1' } };
        assert.equal(await (await fetch(`${url}${UI}`, refused)).text(), 'a page of the application');
        await until(
          async () => (await status(url)).problems.length > 0,
          async () => server.stderr(),
        );
        await fetch(`${url}${UI}`, refused);
        const { problems } = await status(url);
        assert.match(problems[0] ?? '', /^the application answers \/__profile__ itself \(status 200\)/);
        assert.deepEqual(complaints(server), [`profiler: ${problems[0]}`]);
      },
      [UI],
    );
  });

  it('that the application knows nothing of: no complaint', async () => {
    await using({}, async (url, server) => {
      const refused = { headers: { 'x-forwarded-for': '10.0.0.1' } };
      assert.equal((await fetch(`${url}${UI}`, refused)).status, 404);
      assert.deepEqual((await status(url)).problems, []);
      assert.deepEqual(complaints(server), []);
    });
  });

  it('can be another, for everything below it', async () => {
    await using({ env: { PROFILER_PATH: '/hidden/profile/', PROFILER_QUIET: 'false' } }, async (url, server) => {
      await server.printed(/^profiler: .*\/hidden\/profile$/m);
      assert.equal((await fetch(`${url}/hidden/profile/api/v1/status`)).status, 200);
      assert.equal((await fetch(`${url}/hidden/profiles`)).status, 404);
      assert.equal(await (await fetch(`${url}${UI}`)).text(), `nothing at ${UI}`);
    });
  });
});

describe('the extra address of listen', () => {
  it('in use: one line and a problem, the application serves on', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await using({ env: { PROFILER_LISTEN: `127.0.0.1:${port}` } }, async (url, server) => {
      await until(
        async () => (await status(url)).problems.length === 1,
        async () => server.stderr(),
      );
      const { problems } = await status(url);
      assert.match(problems[0] ?? '', new RegExp(`^listen = 127\\.0\\.0\\.1:${port} .*EADDRINUSE`));
      assert.deepEqual(complaints(server), [`profiler: ${problems[0]}`]);
      assert.equal((await fetch(`${url}/burn/1`)).status, 200);
    });
    holder.close();
  });

  it('free: is printed and answers only the page, for whoever may see it', async () => {
    await using({ env: { PROFILER_LISTEN: '127.0.0.1:0', PROFILER_QUIET: 'false' } }, async (url, server) => {
      const lines = (): string[] =>
        [...server.stderr().matchAll(/^profiler: (http:\S+)$/gm)].map(([, found]) => found ?? '');
      await until(
        async () => lines().length === 2,
        async () => server.stderr(),
      );
      const own = lines().find((line) => !line.startsWith(url)) ?? '';
      await fetch(`${url}/burn/1`);
      assert.equal((await fetch(`${own}/api/v1/status`)).status, 200);
      assert.equal((await fetch(own.replace(UI, '/burn/1'))).status, 404);
      assert.equal((await fetch(own, { headers: { 'x-forwarded-for': '10.0.0.1' } })).status, 404);
    });
  });

  it('a unix socket: only its user may connect, and then needs no more; one left behind is replaced', async () => {
    const socketPath = join(temporary, 'profiler.sock');
    for (let start = 0; start < 2; start++) {
      await using({ env: { PROFILER_LISTEN: socketPath, PROFILER_QUIET: 'false' } }, async (_url, server) => {
        await server.printed(/unix:.*profiler\.sock/);
        assert.equal(statSync(socketPath).mode & 0o777, 0o600);
        const [answer] = (await once(get({ socketPath, path: `${UI}/api/v1/status` }), 'response')) as [
          IncomingMessage,
        ];
        assert.equal(answer.statusCode, 200);
        assert.equal((JSON.parse(await text(answer)) as StatusAnswer).problems.length, 0);
      });
    }
  });
});

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
    ['debug/pprof/profile?seconds=-1', 400],
    ['debug/pprof/profile?seconds=forever', 400],
    ['debug/pprof/profile?seconds=100000', 400],
    ['api/v1/clear', 405],
    ['api/v1/recording', 405],
  ];

  it('are answered with 4xx and a JSON error each', async () => {
    await using({}, async (url, server) => {
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
    await using({}, async (url) => {
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
    await using({}, async (url) => {
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
    await using({ env: { PROFILER_IGNORE: '/burn/2*, *.css' } }, async (url) => {
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
    await using({}, async (url) => {
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

  it('recording off: requests are served and not recorded; on again: they are, as often as one likes', async () => {
    await using({}, async (url, server) => {
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
    await using({}, async (url) => {
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
    await using({}, async (url) => {
      await fetch(`${url}/burn/100`);
      const scrape = (seconds: number, signal?: AbortSignal): Promise<Response> =>
        fetch(`${url}${UI}/debug/pprof/profile?seconds=${seconds}`, signal ? { signal } : {});
      const abort = new AbortController();
      const aborted = scrape(30, abort.signal).catch((error: unknown) => error);
      const scrapes = Array.from({ length: 4 }, () => scrape(1));
      await delay(300);
      abort.abort();
      await fetch(`${url}/burn/300`);
      for (const response of await Promise.all(scrapes)) {
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('content-type'), 'application/octet-stream');
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

describe('an open page', () => {
  it('closes its connections, so it never delays server.close()', async () => {
    await using({}, async (url, server) => {
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

describe('access', () => {
  it('off: the page does not exist, recording and log files go on', async () => {
    await using({ env: { PROFILER_ACCESS: 'off', PROFILER_QUIET: 'false' } }, async (url, server) => {
      assert.equal(await (await fetch(`${url}${UI}`)).text(), `nothing at ${UI}`);
      assert.equal((await act(url, 'clear')).status, 404);
      assert.equal(server.stderr(), '');
    });
  });

  it('local: other hosts, forwarded requests and foreign Host headers are left to the application', async () => {
    await using({ env: { HOST: '0.0.0.0' } }, async (url) => {
      const { port } = new URL(url);
      for (const headers of [
        { 'x-forwarded-for': '127.0.0.1' },
        { forwarded: 'for=127.0.0.1' },
        { 'x-real-ip': '127.0.0.1' },
        { via: '1.1 proxy' },
        { 'cf-connecting-ip': '127.0.0.1' },
        { host: 'rebound.example' },
        { host: `localhost.example:${port}` },
      ] as Record<string, string>[]) {
        const [answer] = (await once(get(`${url}${UI}`, { headers }), 'response')) as [IncomingMessage];
        assert.equal(answer.statusCode, 404, JSON.stringify(headers));
        assert.equal(await text(answer), `nothing at ${UI}`);
      }
      for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', `[::1]:${port}`]) {
        const [answer] = (await once(get(`${url}${UI}`, { headers: { host } }), 'response')) as [IncomingMessage];
        assert.equal(answer.statusCode, 200, host);
        answer.resume();
      }
      const outside = Object.values(networkInterfaces())
        .flat()
        .find((each) => each?.family === 'IPv4' && !each.internal);
      if (outside) assert.equal((await fetch(`http://${outside.address}:${port}${UI}`)).status, 404);
    });
  });

  it('open: whoever reaches the server sees the page', async () => {
    await using({ env: { PROFILER_ACCESS: 'open' } }, async (url) => {
      const [answer] = (await once(
        get(`${url}${UI}`, { headers: { host: 'anything.example', 'x-forwarded-for': '10.0.0.1' } }),
        'response',
      )) as [IncomingMessage];
      assert.equal(answer.statusCode, 200);
      answer.resume();
    });
  });

  it('token: by header, or once in the URL and then by cookie; all else is left to the application', async () => {
    await using({ env: { PROFILER_TOKEN: 'correct-horse' } }, async (url, server) => {
      const visit = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
        fetch(`${url}${UI}${path}`, { headers, redirect: 'manual' });
      assert.equal((await visit('')).status, 404);
      assert.equal((await visit('', { authorization: 'Bearer wrong' })).status, 404);
      assert.equal((await visit('?token=wrong')).status, 404);
      assert.equal((await visit('/api/v1/status', { authorization: 'Bearer correct-horse' })).status, 200);

      const first = await visit('/stats?token=correct-horse&sort=calls');
      assert.equal(first.status, 303);
      const location = new URL(first.headers.get('location') ?? '', `${url}${UI}/stats`);
      assert.equal(location.href, `${url}${UI}/stats?sort=calls`);
      const cookie = first.headers.get('set-cookie') ?? '';
      assert.match(cookie, /^profiler_token=[^;]+; Path=\/__profile__; HttpOnly; SameSite=Strict$/);
      assert.ok(!cookie.includes('correct-horse'));
      const session = { cookie: `theme=dark; ${cookie.split(';')[0]}` };
      assert.equal((await fetch(location, { headers: session })).status, 200);
      assert.equal((await visit('/api/v1/status', { cookie: 'profiler_token=forged' })).status, 404);
      const shown = await (await visit('/api/v1/status', session)).text();
      assert.ok(!shown.includes('correct-horse'));
      assert.ok(!server.stderr().includes('correct-horse'));

      for (let guess = 0; guess < 20; guess++) await visit(`?token=guess-${guess}`);
      assert.equal((await visit('', { authorization: 'Bearer correct-horse' })).status, 404, 'guessing is slowed down');
    });
  });

  it('refused: the answer is what the application gives without the agent, to the byte', async () => {
    const requests = [
      `GET ${UI} HTTP/1.1\r\nHost: a.example\r\n\r\n`,
      `GET ${UI}/api/v1/status HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`,
      `POST ${UI}/api/v1/clear HTTP/1.1\r\nHost: a.example\r\nX-Profiler: 1\r\nContent-Length: 2\r\n\r\n{}`,
      `HEAD ${UI} HTTP/1.1\r\nHost: a.example\r\n\r\n`,
      `GET ${UI}?token=x HTTP/1.1\r\nHost: a.example\r\n\r\n`,
      `GET ${UI} HTTP/1.0\r\n\r\n`,
    ];
    const answers: string[][] = [];
    for (const profiled of [false, true]) {
      await using({ profiled }, async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        let received = '';
        socket.on('data', (data) => {
          received += data.toString('latin1');
        });
        for (const request of requests) socket.write(request);
        await once(socket, 'close');
        answers.push(received.replace(/^Date: .*$/gm, 'Date: now').split('\r\n'));
      });
    }
    assert.ok((answers[0]?.length ?? 0) > 20);
    assert.deepEqual(answers[1], answers[0]);
  });
});

describe('the URL that is printed', () => {
  it('is https for an HTTPS server, and its page answers there', async () => {
    await using({ env: { HTTPS: '1', PROFILER_QUIET: 'false' } }, async (url, server) => {
      const [, printed = ''] = await server.printed(/^profiler: (https:\S+)$/m);
      assert.equal(printed, `${url.replace('http:', 'https:')}${UI}`);
      const [answer] = (await once(httpsGet(printed, { rejectUnauthorized: false }), 'response')) as [IncomingMessage];
      assert.equal(answer.statusCode, 200);
      answer.resume();
    });
  });

  it('names localhost for a server on every address', async () => {
    for (const HOST of ['0.0.0.0', '::']) {
      await using({ env: { HOST, PROFILER_QUIET: 'false' } }, async (url, server) => {
        const [, printed = ''] = await server.printed(/^profiler: (\S+)$/m);
        assert.equal(printed, `http://localhost:${new URL(url).port}${UI}`);
        assert.equal((await fetch(printed)).status, 200);
      });
    }
  });

  it('has brackets around an IPv6 address, and its page answers there', async () => {
    await using({ env: { HOST: '::1', PROFILER_QUIET: 'false' } }, async (url, server) => {
      const [, printed = ''] = await server.printed(/^profiler: (\S+)$/m);
      assert.equal(printed, `http://[::1]:${new URL(url).port}${UI}`);
      assert.equal((await fetch(printed)).status, 200);
    });
  });

  it('says of a unix socket that it is not local, and the application answers there', async () => {
    const SOCKET = join(temporary, 'app.sock');
    await using({ env: { SOCKET, PROFILER_QUIET: 'false' } }, async (_url, server) => {
      await server.printed(/^profiler: unix:.*app\.sock\/__profile__ \(needs access = token or open/m);
      const sent = request({ socketPath: SOCKET, path: UI }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      assert.equal(await text(answer), `nothing at ${UI}`);
    });
  });
});
