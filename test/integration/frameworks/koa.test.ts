import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'koa 3 with @koa/router 15', fixture: 'frameworks-b-latest', file: 'koa' },
  { name: 'koa 3 with koa-router 14', fixture: 'frameworks-b-latest', file: 'koa-router' },
  { name: 'koa 2 with @koa/router 14', fixture: 'frameworks-b-previous', file: 'koa' },
  { name: 'koa 2 with koa-router 12', fixture: 'frameworks-b-previous', file: 'koa-router' },
];

for (const { name, fixture, file } of VERSIONS) {
  for (const extension of ['cjs', 'mjs']) {
    describe(`${name}, ${extension}`, () => {
      let server: TestServer;
      let script: string;
      before(async () => {
        script = join(await installFixture(fixture), `${file}.${extension}`);
        server = await startServer(script);
      });
      after(() => server?.stop());
      const routes = (expected: Parameters<typeof assertRoutes>[1]) => () => assertRoutes(server, expected);

      it(
        'reports the pattern of a route',
        routes([
          ['GET /', 'GET /'],
          ['GET /users/42?verbose=1', 'GET /users/:id'],
          ['HEAD /users/42', 'HEAD /users/:id'],
          ['POST /users/42', 'POST /users/:id'],
          ['PUT /any/42', 'PUT /any/:id'],
          ['GET /late/7', 'GET /late/:id'],
        ]),
      );

      it('reports a RegExp as it is written', routes([['GET /pages/12', 'GET /^\\/pages\\/(\\d+)$/']]));

      it(
        'reports the full pattern of a nested router',
        routes([
          ['GET /teams', 'GET /teams'],
          ['GET /teams/red', 'GET /teams/:team'],
          ['GET /teams/red/members/ada', 'GET /teams/:team/members/:member'],
        ]),
      );

      it(
        'reports parameters in a prefix',
        routes([['GET /tenants/acme/invoices/9', 'GET /tenants/:tenant/invoices/:id']]),
      );

      it(
        'reports the full pattern in applications mounted in others',
        routes([
          ['GET /admin', 'GET /admin'],
          ['GET /admin/reports/2024', 'GET /admin/reports/:year'],
          ['GET /admin/inner/deep/3', 'GET /admin/inner/deep/:level'],
          ['GET /admin/after/3', 'GET /admin/after/:id'],
        ]),
      );

      it('reports the route that a rewritten URL leads to', routes([['GET /rewritten', 'GET /users/:id']]));

      it(
        'reports the route for which middleware of its router answers',
        routes([['GET /closed/1', 'GET /closed/:id']]),
      );

      it('reports the route of an error', routes([['GET /failing/1', 'GET /failing/:id']]));

      it(
        'counts a 404 for the route that answered it or passed the request on, and all others together',
        routes([
          ['GET /gone/1', 'GET /gone/:id'],
          ['GET /maybe/1', 'GET /maybe/:id'],
          ['GET /nothing', '(not found)'],
          ['GET /admin/nothing', '(not found)'],
        ]),
      );

      it(
        'uses a template of the URL where no router answers',
        routes([
          ['GET /plain/42', 'GET /plain/:id'],
          ['OPTIONS /users/42', 'OPTIONS /users/:id'],
        ]),
      );

      it('shows the application the same match as without the profiler', async () => {
        const bare = await startServer(script, { profiled: false });
        try {
          for (const path of ['/users/42', '/admin/reports/2024', '/teams/red/members/ada']) {
            assert.deepEqual(await (await server.get(path)).json(), await (await bare.get(path)).json());
          }
        } finally {
          await bare.stop();
        }
      });
    });
  }
}
