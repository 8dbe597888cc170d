/** HostPages on real servers: the page for those who may see it, the application for everyone else. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, mock, test } from 'node:test';
import { AccessRules } from '../../../src/api/access.ts';
import { Gate } from '../../../src/api/gate.ts';
import { type ApiRequest, type ApiResponse, MAX_BODY_BYTES } from '../../../src/api/types.ts';
import { Guard } from '../../../src/host/guard.ts';
import { type CollectorLink, HostPages } from '../../../src/host/own-pages.ts';

const PATH = '/__profile__';
const ANSWER: ApiResponse = {
  status: 200,
  headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
  body: 'the page',
};

/** A collector that remembers what it was asked, and answers when told to. */
class Collector implements CollectorLink {
  readonly asked: ApiRequest[] = [];
  aborted = 0;
  answer: ((response: ApiResponse) => void) | undefined;
  readonly #isSlow: boolean;

  constructor(isSlow = false) {
    this.#isSlow = isSlow;
  }

  ask(request: ApiRequest, answer: (response: ApiResponse) => void): { abort(): void } {
    this.asked.push(request);
    this.answer = answer;
    if (!this.#isSlow) queueMicrotask(() => answer(ANSWER));
    return { abort: () => this.aborted++ };
  }
}

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  mock.restoreAll();
  syncBuiltinESMExports();
});

interface Started {
  readonly url: string;
  readonly server: Server;
  readonly collector: Collector;
}

/** A server whose application says what it was sent. */
async function start({
  token,
  collector = new Collector(),
  before,
}: {
  token?: string;
  collector?: Collector;
  before?: (response: ServerResponse) => void;
} = {}): Promise<Started> {
  const rules = new AccessRules(token === undefined ? 'local' : 'token', token);
  const pages = new HostPages(new Gate({ path: PATH, token, rules }), collector, new Guard(() => false));
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    before?.(response);
    if (pages.answer(request, response)) return;
    response.end(`app: ${request.method} ${request.url} ${await text(request)}`);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, collector };
}

test('the page is answered by the collector, on a connection that closes', async () => {
  const { url, collector } = await start();
  const response = await fetch(`${url}${PATH}/stats?sort=time`);
  assert.equal(await response.text(), 'the page');
  assert.deepEqual(
    ['content-type', 'cache-control', 'connection'].map((name) => response.headers.get(name)),
    ['text/plain', 'no-store', 'close'],
  );
  const [asked] = collector.asked;
  assert.deepEqual([asked?.method, asked?.path, asked?.query, asked?.body], ['GET', 'stats', 'sort=time', '']);
});

test('everything else is the application’s', async () => {
  const { url, collector } = await start();
  for (const path of ['/', '/__profile__x', '/a/__profile__'])
    assert.equal(await (await fetch(`${url}${path}`)).text(), `app: GET ${path} `);
  assert.equal(collector.asked.length, 0);
});

test('a stranger gets what the application answers, and the application gets the whole request', async () => {
  const { url, collector } = await start();
  const response = await fetch(`${url}${PATH}`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '8.8.8.8' },
    body: 'to the app',
  });
  assert.equal(await response.text(), `app: POST ${PATH} to the app`);
  assert.equal(collector.asked.length, 0);
});

test('the body of an action is handed on, up to the limit', async () => {
  const { url, collector } = await start();
  const post = (body: string): Promise<Response> =>
    fetch(`${url}${PATH}/api/v1/recording`, { method: 'POST', headers: { 'x-profiler': '1' }, body });
  await post('{"on": false}');
  await post('x'.repeat(100_000));
  assert.deepEqual(
    collector.asked.map(({ body }) => body.length),
    [13, MAX_BODY_BYTES + 1],
  );
  assert.equal(collector.asked[0]?.headers['x-profiler'], '1');
});

test('a client that goes away is told to the collector, and a late answer does no harm', async () => {
  const { url, collector } = await start({ collector: new Collector(true) });
  const client = httpRequest(`${url}${PATH}`)
    .on('error', () => {})
    .end();
  while (collector.asked.length === 0) await new Promise(setImmediate);
  client.destroy();
  while (collector.aborted === 0) await new Promise(setImmediate);
  collector.answer?.(ANSWER);
});

test('the token in the URL becomes a cookie and a clean URL', async () => {
  const { url, collector } = await start({ token: 'secret' });
  const response = await fetch(`${url}${PATH}/stats?token=secret`, { redirect: 'manual' });
  assert.deepEqual([response.status, response.headers.get('location')], [303, './stats']);
  const cookie = response.headers.get('set-cookie') ?? '';
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  assert.equal(collector.asked.length, 0);
  const page = await fetch(`${url}${PATH}/stats`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
  assert.equal(await page.text(), 'the page');
});

test('an answer that the host’s server refuses to send costs the page, not the server', async () => {
  const lines: string[] = [];
  mock.method(fs, 'writeSync', (_descriptor: number, line: string) => lines.push(line));
  syncBuiltinESMExports();
  let answers = 0;
  const { url } = await start({
    before: (response) => {
      if (answers++ > 0) return;
      response.writeHead = () => {
        throw new Error('headers are frozen here');
      };
    },
  });
  await assert.rejects(fetch(`${url}${PATH}`));
  assert.deepEqual(lines, ['profiler: the page is switched off: headers are frozen here\n']);
  assert.equal(await (await fetch(`${url}${PATH}`)).text(), `app: GET ${PATH} `);
});

test('http2: the page over streams, with the same rules', async () => {
  const collector = new Collector();
  const pages = new HostPages(
    new Gate({ path: PATH, token: undefined, rules: new AccessRules('local', undefined) }),
    collector,
    new Guard(() => false),
  );
  const server = createHttp2Server().on('stream', (stream, headers) => {
    if (pages.answerStream(stream, headers)) return;
    stream.respond({ ':status': 200 });
    stream.end('app');
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  servers.push(client);
  const get = async (path: string, headers = {}): Promise<string> =>
    text(client.request({ ':path': path, ...headers }));
  assert.equal(await get(`${PATH}/stats?sort=time`), 'the page');
  assert.equal(collector.asked[0]?.path, 'stats');
  assert.equal(await get('/'), 'app');
  assert.equal(await get(PATH, { via: '1.1 proxy' }), 'app');
  assert.equal(await get(PATH, { ':authority': 'evil.com' }), 'app');
  const post = client.request({ ':path': `${PATH}/api/v1/clear`, ':method': 'POST', 'x-profiler': '1' });
  post.end('{}');
  assert.equal(await text(post), 'the page');
  assert.deepEqual([collector.asked[1]?.method, collector.asked[1]?.body], ['POST', '{}']);
});
