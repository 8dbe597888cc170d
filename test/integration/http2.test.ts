import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { functionSamples } from '../helpers/function-samples.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { type Http2TestServer, overHttp2 } from '../helpers/over-http2.ts';
import { figuresOf } from '../helpers/route-figures.ts';
import { assertRoutes, requestCounts } from '../helpers/routes.ts';
import { startServer } from '../helpers/server.ts';

const SCRIPT = 'test/fixtures/connections/http2.cjs';
const ABORTED = 'GET /endless';

for (const api of ['compat', 'stream']) {
  for (const transport of ['clear', 'tls']) {
    describe(`http2, ${api} API, ${transport === 'tls' ? 'TLS' : 'clear text'}`, () => {
      let server: Http2TestServer;
      before(async () => {
        server = await overHttp2(
          await startServer(SCRIPT, { args: [api, transport] }),
          transport === 'tls' ? 'https' : 'http',
        );
      });
      after(() => server?.stop());

      it('answers as it would without the profiler', async () => {
        const response = await server.get('/alpha');
        assert.equal(response.status, 200);
        assert.equal(await response.text(), 'begundone');
      });

      it('names routes by method and a template of the URL', () =>
        assertRoutes(server, [
          ['GET /alpha?x=1', 'GET /alpha'],
          ['POST /alpha', 'POST /alpha'],
          ['GET /users/42', 'GET /users/:id'],
        ]));

      it('keeps requests apart that share a connection', async () => {
        const paths = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? '/alpha' : '/beta'));
        await Promise.all(paths.map((path) => server.get(path)));
        const alpha = await functionSamples(server, 'GET /alpha');
        const beta = await functionSamples(server, 'GET /beta');
        assert.deepEqual([alpha.get('burnBeta'), beta.get('burnAlpha')], [undefined, undefined]);
        const burnt = [alpha.get('burnAlpha') ?? 0, beta.get('burnBeta') ?? 0];
        assert.ok(Math.min(...burnt) >= 12, `each burnt for 300 ms and more; samples: ${burnt}`);
      });

      it('counts what the parts of a body cause for the request that sends it', async () => {
        await server.get('/upload', { method: 'POST', body: 'x'.repeat(100_000) });
        assert.ok((await functionSamples(server, 'POST /upload')).has('burnData'));
      });

      it('counts a request that the client gives up, once, as an error', async () => {
        const stream = server.session.request({ ':path': '/endless' });
        await once(stream, 'response');
        stream.close(constants.NGHTTP2_CANCEL);
        await once(stream, 'close');
        assert.deepEqual(await figuresOf(server, ABORTED), { requests: 1, errors: 1 });
      });

      it('counts a request that the server resets, once, as an error', async () => {
        const stream = server.session
          .request({ ':path': '/reset' })
          .on('error', () => {})
          .resume();
        await new Promise((closed) => stream.once('close', closed));
        assert.deepEqual(await figuresOf(server, 'GET /reset'), { requests: 1, errors: 1 });
      });

      it('counts a request whose connection breaks, once, as an error', async () => {
        const second = await overHttp2(server, transport === 'tls' ? 'https' : 'http');
        const stream = second.session.request({ ':path': '/endless' }).on('error', () => {});
        await once(stream, 'response');
        second.session.destroy();
        assert.deepEqual(await figuresOf(server, ABORTED, 2), { requests: 2, errors: 2 });
      });

      it('counts what happens on a stream that is opened with CONNECT, while it is open', async () => {
        const stream = server.session.request(
          { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/echo/7' },
          { endStream: false },
        );
        await once(stream, 'response');
        for (let i = 0; i < 4; i++) {
          stream.write('ping');
          await once(stream, 'data');
        }
        assert.ok((await functionSamples(server, 'CONNECT /echo/:id')).has('burnBeta'));
        stream.end();
        await once(stream, 'close');
        assert.deepEqual(await figuresOf(server, 'CONNECT /echo/:id'), { requests: 1, errors: 0 });
      });

      it('shows the profile itself over http2', async () => {
        const response = await server.get('/__profile__/api/v1/routes', { headers: { accept: 'application/json' } });
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
        assert.ok(![...(await requestCounts(server)).keys()].some((route) => route.includes('__profile__')));
      });
    });
  }
}

describe('http2, stream API, files', () => {
  it('counts a file that is sent without JavaScript', async () => {
    const server = await overHttp2(await startServer(SCRIPT, { args: ['stream', 'clear'] }));
    try {
      await assertRoutes(server, [['GET /file', 'GET /file']]);
    } finally {
      await server.stop();
    }
  });
});

describe('http2 with allowHTTP1', () => {
  let server: Http2TestServer;
  before(async () => {
    server = await overHttp2(await startServer(SCRIPT, { args: ['compat', 'tls', 'http1'] }), 'https');
  });
  after(() => server?.stop());

  it('counts requests of both versions for the same route', async () => {
    await server.get('/alpha');
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpsRequest(`${server.url}/alpha`, { rejectUnauthorized: false, agent: false }, (response) => {
        assert.equal(response.httpVersion, '1.1');
        response.setEncoding('utf8').on('data', (chunk: string) => {
          received += chunk;
        });
        response.on('end', () => resolve(received));
      });
      let received = '';
      request.on('error', reject).end();
    });
    assert.equal(text, 'begundone');
    assert.deepEqual(await figuresOf(server, 'GET /alpha', 2), { requests: 2, errors: 0 });
  });
});

describe('http2 below a framework', () => {
  for (const framework of ['fastify', 'koa', 'hono']) {
    it(`reports the pattern of a route of ${framework}`, async () => {
      const script = join(await installFixture('frameworks-b-latest'), 'over-http2.cjs');
      const server = await overHttp2(await startServer(script, { args: [framework] }));
      try {
        await assertRoutes(server, [['GET /users/ada', 'GET /users/:name']]);
      } finally {
        await server.stop();
      }
    });
  }
});
