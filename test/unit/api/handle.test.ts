/** handleApiRequest: what every endpoint has in common, asked of a real collector. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { endpoints } from '../../../src/api/endpoints/index.ts';
import { type ApiError, type ApiRequest, type ApiResponse, MAX_BODY_BYTES } from '../../../src/api/types.ts';
import { TestHost } from '../collector/test-host.ts';

const ask = (line: string, request?: Partial<ApiRequest>): Promise<ApiResponse> => new TestHost().ask(line, request);

function errorOf({ body }: ApiResponse): ApiError {
  return JSON.parse(String(body)) as ApiError;
}

function assertError(response: ApiResponse, status: number, code: string): void {
  assert.equal(response.status, status);
  assert.equal(response.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(errorOf(response).code, code);
  assert.notEqual(errorOf(response).error, '');
}

test('what is no endpoint is not found, and nothing is resolved', async () => {
  for (const path of [
    'nothing',
    'api',
    'api/v1',
    'api/v2/status',
    'stats/',
    'debug/pprof',
    '../stats',
    'api/v1/../v1/status',
    'STATS',
    'stats%00',
    'constructor',
  ])
    assertError(await ask(`GET ${path}`), 404, 'PROFILER_E_NOT_FOUND');
});

test('the wrong method is told the right one', async () => {
  for (const [line, allow] of [
    ['POST stats', 'GET'],
    ['DELETE api/v1/status', 'GET'],
    ['OPTIONS api/v1/clear', 'POST'],
    ['GET api/v1/clear', 'POST'],
    ['PUT api/v1/recording', 'POST'],
    ['get stats', 'GET'],
  ] as const) {
    const response = await ask(line);
    assertError(response, 405, 'PROFILER_E_METHOD');
    assert.equal(response.headers['allow'], allow);
  }
});

test('HEAD is GET without the body', async () => {
  const [head, get] = [await ask('HEAD stats'), await ask('GET stats')];
  assert.deepEqual([head.status, head.headers, head.body], [get.status, get.headers, '']);
  assert.equal((await ask('HEAD api/v1/clear')).status, 405);
  assert.equal((await ask('HEAD nothing')).status, 404);
});

const actions = endpoints.filter(({ method }) => method === 'POST').map(({ path }) => path);

for (const path of actions) {
  test(`POST ${path} needs a header that no form can send`, async () => {
    assertError(await ask(`POST ${path}`, { body: '{"on":true}' }), 403, 'PROFILER_E_ORIGIN');
    assertError(
      await ask(`POST ${path}`, { headers: { 'sec-fetch-site': 'same-origin' }, body: '{"on":true}' }),
      403,
      'PROFILER_E_ORIGIN',
    );
  });

  test(`POST ${path} is refused to pages of other origins`, async () => {
    const host = 'localhost:3000';
    const foreign: readonly ApiRequest['headers'][] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
      { origin: 'http://evil.com' },
      { origin: 'http://localhost:4000' },
      { origin: 'http://localhost' },
      { origin: 'null' },
      { origin: 'not a URL' },
      { origin: '' },
    ];
    for (const headers of foreign)
      assertError(
        await ask(`POST ${path}`, { headers: { host, 'x-profiler': '1', ...headers }, body: '{"on":true}' }),
        403,
        'PROFILER_E_ORIGIN',
      );
  });

  test(`POST ${path} is open to its own pages and to programs`, async () => {
    const own: readonly ApiRequest['headers'][] = [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-origin', origin: 'https://shop.example', host: '127.0.0.1:3000' },
      { origin: 'http://localhost:3000', host: 'localhost:3000' },
      { origin: 'http://localhost:3000', host: 'LocalHost:3000' },
      { origin: 'https://localhost', ':authority': 'localhost' },
    ];
    // What it makes of the body is its own.
    for (const headers of own)
      assert.notEqual(
        (await ask(`POST ${path}`, { headers: { 'x-profiler': '1', ...headers }, body: '{"on":true}' })).status,
        403,
      );
  });

  test(`POST ${path} refuses a body over the limit, in bytes`, async () => {
    for (const body of ['x'.repeat(MAX_BODY_BYTES + 1), '€'.repeat(MAX_BODY_BYTES / 3 + 1)])
      assertError(await ask(`POST ${path}`, { headers: { 'x-profiler': '1' }, body }), 413, 'PROFILER_E_BODY');
  });
}

test('a wrong parameter is one clear message', async () => {
  const response = await ask('GET stats?sort=size');
  assertError(response, 400, 'PROFILER_E_PARAMETER');
  assert.match(errorOf(response).error, /^sort="size" is not one of time, cumulative, calls/);
});

test('an error of ours is a 500 with its message, and the next request is answered', async () => {
  const host = new TestHost();
  const { collector } = host;
  Object.defineProperty(collector, 'query', { value: () => assert.fail('out of luck'), configurable: true });
  const response = await host.ask('GET api/v1/routes');
  assertError(response, 500, 'PROFILER_E_INTERNAL');
  assert.equal(errorOf(response).error, 'out of luck');
  Reflect.deleteProperty(collector, 'query');
  assert.equal((await host.ask('GET api/v1/routes')).status, 200);
});

test('answers are compressed where the client can read it', async () => {
  const host = new TestHost({ PROFILER_IGNORE: `/${'x'.repeat(2000)}` });
  const { headers, body } = await host.ask('GET api/v1/status', { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(headers['content-encoding'], 'gzip');
  assert.equal(JSON.parse(gunzipSync(body).toString()).version, '1.2.3');
});

test('every endpoint refuses parameters that it does not know', async () => {
  for (const { method, path } of endpoints.filter(
    (endpoint) => endpoint.method === 'GET' && endpoint.path !== 'debug/pprof/',
  ))
    assertError(await ask(`${method} ${path}?nonsense=1`), 400, 'PROFILER_E_PARAMETER');
});
