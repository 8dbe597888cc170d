import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'fastify 5', fixture: 'frameworks-b-latest' },
  { name: 'fastify 4', fixture: 'frameworks-b-previous' },
];

for (const { name, fixture } of VERSIONS) {
  for (const file of ['fastify.cjs', 'fastify.mjs', 'fastify-named.mjs']) {
    describe(`${name}, ${file}`, () => {
      let server: TestServer;
      let script: string;
      before(async () => {
        script = join(await installFixture(fixture), file);
        server = await startServer(script);
      });
      after(() => server?.stop());
      const routes = (expected: Parameters<typeof assertRoutes>[1]) => () => assertRoutes(server, expected);

      it(
        'reports the pattern of a route',
        routes([
          ['GET /', 'GET /'],
          ['GET /users/42?verbose=1', 'GET /users/:id'],
          ['POST /users/42', 'POST /users/:id'],
          ['PATCH /several/3', 'PATCH /several/:id'],
          ['GET /files/a/b.txt', 'GET /files/*'],
          ['GET /flights/ulm-oslo', 'GET /flights/:from-:to'],
          ['GET /numbers/12', 'GET /numbers/:number(^\\d+$)'],
          ['GET /late/7', 'GET /late/:id'],
        ]),
      );

      it(
        'reports HEAD and OPTIONS by their own method',
        routes([
          ['HEAD /users/42', 'HEAD /users/:id'],
          ['OPTIONS /users/42', 'OPTIONS /users/:id'],
        ]),
      );

      it(
        'reports the full pattern in nested plugins with prefixes',
        routes([
          ['GET /api', 'GET /api'],
          ['GET /api/v1/books', 'GET /api/v1/books'],
          ['GET /api/v1/books/123', 'GET /api/v1/books/:isbn'],
          ['GET /admin/reports/2024', 'GET /admin/reports/:year'],
        ]),
      );

      it(
        'reports the route for which a hook answers',
        routes([
          [{ line: 'GET /api/v1/books/123', init: { headers: { 'x-refuse': '1' } } }, 'GET /api/v1/books/:isbn'],
        ]),
      );

      it('reports the route of an error', routes([['GET /failing/1', 'GET /failing/:id']]));

      it(
        'counts a 404 for the route that answered it, and all others together',
        routes([
          ['GET /gone/1', 'GET /gone/:id'],
          ['GET /nothing', '(not found)'],
          ['GET /admin/nothing/7', '(not found)'],
        ]),
      );

      it('keeps the route of a request whose handler injects another', routes([['GET /inject/7', 'GET /inject/:id']]));

      it('shows the application the same as without the profiler', async () => {
        const bare = await startServer(script, { profiled: false });
        try {
          assert.deepEqual(await (await server.get('/hooks')).json(), await (await bare.get('/hooks')).json());
        } finally {
          await bare.stop();
        }
      });
    });
  }
}
