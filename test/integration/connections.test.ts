import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { functionSamples } from '../helpers/function-samples.ts';
import { connectRaw } from '../helpers/raw-connection.ts';
import { figuresOf } from '../helpers/route-figures.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const SCRIPT = 'test/fixtures/connections/http1.cjs';
const ROUNDS = 6;

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const responses = (count: number): RegExp =>
  new RegExp(`(?:HTTP/1\\.1 200 OK[\\s\\S]*?done\\r\\n0\\r\\n\\r\\n){${count}}`);

describe('connections of HTTP/1', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(SCRIPT);
    // From now on both routes are known.
    await Promise.all([server.get('/alpha'), server.get('/beta')]);
  });
  after(() => server?.stop());

  /** @returns the samples of each function in each route, as `[in alpha, in beta]`. */
  async function samples(): Promise<Record<string, readonly [number, number]>> {
    const alpha = await functionSamples(server, 'GET /alpha');
    const beta = await functionSamples(server, 'GET /beta');
    return Object.fromEntries(
      ['burnAlpha', 'burnBeta'].map((name) => [name, [alpha.get(name) ?? 0, beta.get(name) ?? 0]]),
    );
  }

  async function assertApart(send: () => Promise<unknown>): Promise<void> {
    const before = await samples();
    await send();
    const after = await samples();
    const added = (name: string, route: 0 | 1): number => (after[name]?.[route] ?? 0) - (before[name]?.[route] ?? 0);
    assert.deepEqual(
      { burnAlphaInBeta: added('burnAlpha', 1), burnBetaInAlpha: added('burnBeta', 0) },
      { burnAlphaInBeta: 0, burnBetaInAlpha: 0 },
    );
    assert.ok(added('burnAlpha', 0) >= ROUNDS && added('burnBeta', 1) >= ROUNDS, 'both functions were seen burning');
  }

  it('keeps requests apart that follow each other on one connection', () =>
    assertApart(async () => {
      const { socket, received } = await connectRaw(server);
      for (let i = 0; i < 2 * ROUNDS; i++) {
        socket.write(get(i % 2 === 0 ? '/alpha' : '/beta'));
        await received(responses(i + 1));
      }
      socket.destroy();
    }));

  it('keeps requests apart that are sent ahead on one connection', () =>
    assertApart(async () => {
      const { socket, received } = await connectRaw(server);
      socket.write(`${get('/alpha')}${get('/beta')}`.repeat(ROUNDS));
      await received(responses(2 * ROUNDS));
      socket.destroy();
    }));

  it('keeps requests apart that run at the same time on many connections', () =>
    assertApart(async () => {
      const paths = Array.from({ length: 2 * ROUNDS }, (_, i) => (i % 2 === 0 ? '/alpha' : '/beta'));
      await Promise.all(paths.map((path) => server.get(path)));
    }));

  it('counts what the parts of a slow body cause for the request that sends it', async () => {
    const { socket, received } = await connectRaw(server);
    socket.write('POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    await received(/begun/);
    const other = await connectRaw(server);
    for (let i = 0; i < 3; i++) {
      socket.write('5\r\nhello\r\n');
      other.socket.write(get('/alpha'));
      await other.received(responses(i + 1));
    }
    socket.write('0\r\n\r\n');
    await received(responses(1));
    socket.destroy();
    other.socket.destroy();
    assert.ok((await functionSamples(server, 'POST /upload')).has('burnData'));
    assert.ok(!(await functionSamples(server, 'GET /alpha')).has('burnData'));
  });

  it('counts what listeners of a request and a response cause for their request, whoever tells them', async () => {
    // Several times: each burns for two or three samples only, and a busy machine may lose those of one.
    for (let i = 0; i < 3; i++) {
      const left = await connectRaw(server);
      left.socket.write(get('/left'));
      await left.received(/begun/);
      await sleep(50);
      left.socket.destroy();
      await server.get('/finished');
    }
    assert.ok((await functionSamples(server, 'GET /left')).has('burnLeft'));
    assert.ok((await functionSamples(server, 'GET /finished')).has('burnFinished'));
  });

  it('counts a request that the client gives up before the answer is complete, once, as an error', async () => {
    const { socket, received } = await connectRaw(server);
    socket.write(get('/endless'));
    await received(/begun/);
    socket.destroy();
    assert.deepEqual(await figuresOf(server, 'GET /endless'), { requests: 1, errors: 1 });
  });

  it('counts a request that the client gives up half-way through its body, once, as an error', async () => {
    const { socket, received } = await connectRaw(server);
    socket.write('PUT /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nonly this');
    await received(/begun/);
    socket.destroy();
    assert.deepEqual(await figuresOf(server, 'PUT /upload'), { requests: 1, errors: 1 });
  });

  it('counts each of the requests sent ahead on a connection that breaks', async () => {
    const { socket, received } = await connectRaw(server);
    socket.write(`${get('/answered')}${get('/endless')}`);
    await received(/done[\s\S]*begun/);
    socket.destroy();
    assert.deepEqual(await figuresOf(server, 'GET /answered'), { requests: 1, errors: 0 });
    assert.deepEqual(await figuresOf(server, 'GET /endless', 2), { requests: 2, errors: 2 });
  });

  it('counts a request whose answer waits behind another when the connection breaks', async () => {
    const { socket, received } = await connectRaw(server);
    socket.write(`${get('/endless')}${get('/waiting')}`);
    await received(/begun/);
    socket.destroy();
    assert.deepEqual(await figuresOf(server, 'GET /waiting'), { requests: 1, errors: 1 });
  });

  it('leaves a malformed request to the server', async () => {
    const { socket, received } = await connectRaw(server);
    socket.write('NOT HTTP\r\n\r\n');
    assert.match(await received(/\r\n\r\n/), /^HTTP\/1\.1 400 Bad Request/);
  });
});
