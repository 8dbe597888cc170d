/** Who sees the page, what all others get, and where it is said to be. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage, request } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { act, UI, usingRoutes } from '../helpers/host-server.ts';

const temporary = mkdtempSync(join(tmpdir(), 'profiler-access-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

describe('access', () => {
  it('off: the page does not exist, recording and log files go on', async () => {
    await usingRoutes({ env: { PROFILER_ACCESS: 'off', PROFILER_QUIET: 'false' } }, async (url, server) => {
      assert.equal(await (await fetch(`${url}${UI}`)).text(), `nothing at ${UI}`);
      assert.equal((await act(url, 'clear')).status, 404);
      assert.equal(server.stderr(), '');
    });
  });

  it('local: other hosts, forwarded requests and foreign Host headers are left to the application', async () => {
    await usingRoutes({ env: { HOST: '0.0.0.0' } }, async (url) => {
      const { port } = new URL(url);
      for (const headers of [
        { 'x-forwarded-for': '127.0.0.1' },
        { forwarded: 'for=127.0.0.1' },
        { 'x-real-ip': '127.0.0.1' },
        { via: '1.1 proxy' },
        { 'cf-connecting-ip': '127.0.0.1' },
        { host: 'rebound.example' },
        { host: `localhost.example:${port}` },
        { host: 'localhost' },
        { connection: 'close' },
        { connection: 'upgrade' },
      ] as Record<string, string>[]) {
        const [answer] = (await once(get(`${url}${UI}`, { headers }), 'response')) as [IncomingMessage];
        assert.equal(answer.statusCode, 404, JSON.stringify(headers));
        assert.equal(await text(answer), `nothing at ${UI}`);
      }
      for (const host of [`localhost:${port}`, 'localhost:8080', `127.0.0.1:${port}`, `[::1]:${port}`]) {
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
    await usingRoutes({ env: { PROFILER_ACCESS: 'open' } }, async (url) => {
      const [answer] = (await once(
        get(`${url}${UI}`, { headers: { host: 'anything.example', 'x-forwarded-for': '10.0.0.1' } }),
        'response',
      )) as [IncomingMessage];
      assert.equal(answer.statusCode, 200);
      answer.resume();
    });
  });

  it('token: by header, or once in the URL and then by cookie; all else is left to the application', async () => {
    await usingRoutes({ env: { PROFILER_TOKEN: 'correct-horse' } }, async (url, server) => {
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
      await usingRoutes({ profiled }, async (url) => {
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
    await usingRoutes({ env: { HTTPS: '1', PROFILER_QUIET: 'false' } }, async (url, server) => {
      const [, printed = ''] = await server.printed(/^profiler: (https:\S+)$/m);
      assert.equal(printed, `${url.replace('http:', 'https:')}${UI}`);
      const [answer] = (await once(httpsGet(printed, { rejectUnauthorized: false }), 'response')) as [IncomingMessage];
      assert.equal(answer.statusCode, 200);
      answer.resume();
    });
  });

  it('names localhost for a server on every address', async () => {
    for (const HOST of ['0.0.0.0', '::']) {
      await usingRoutes({ env: { HOST, PROFILER_QUIET: 'false' } }, async (url, server) => {
        const [, printed = ''] = await server.printed(/^profiler: (\S+)$/m);
        assert.equal(printed, `http://localhost:${new URL(url).port}${UI}`);
        assert.equal((await fetch(printed)).status, 200);
      });
    }
  });

  it('has brackets around an IPv6 address, and its page answers there', async () => {
    await usingRoutes({ env: { HOST: '::1', PROFILER_QUIET: 'false' } }, async (url, server) => {
      const [, printed = ''] = await server.printed(/^profiler: (\S+)$/m);
      assert.equal(printed, `http://[::1]:${new URL(url).port}${UI}`);
      assert.equal((await fetch(printed)).status, 200);
    });
  });

  it('says of a unix socket that it is not local, and the application answers there', async () => {
    const SOCKET = join(temporary, 'app.sock');
    await usingRoutes({ env: { SOCKET, PROFILER_QUIET: 'false' } }, async (_url, server) => {
      await server.printed(/^profiler: unix:.*app\.sock\/__profile__ \(needs access = token or open/m);
      const sent = request({ socketPath: SOCKET, path: UI }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      assert.equal(await text(answer), `nothing at ${UI}`);
    });
  });
});
