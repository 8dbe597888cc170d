import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  {
    name: 'hono 4 on @hono/node-server 2',
    fixture: 'frameworks-b-latest',
    files: ['hono.cjs', 'hono.mjs', 'hono-quick.mjs', 'hono-tiny.cjs', 'hono-own-router.mjs'],
  },
  { name: 'hono 4 on @hono/node-server 1', fixture: 'frameworks-b-previous', files: ['hono.cjs', 'hono.mjs'] },
];

for (const { name, fixture, files } of VERSIONS) {
  for (const file of files) {
    describe(`${name}, ${file}`, () => {
      let server: TestServer;
      before(async () => {
        server = await startServer(join(await installFixture(fixture), file));
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
          ['DELETE /any/42', 'DELETE /any/:id'],
          ['PATCH /several/42', 'PATCH /several/:id'],
          ['PUT /more/42', 'PUT /more/:id'],
          ['GET /files/a/b.txt', 'GET /files/*'],
          ['GET /numbers/12', 'GET /numbers/:number{[0-9]+}'],
          ['GET /late/7', 'GET /late/:id'],
        ]),
      );

      it(
        'reports the full pattern below sub-applications and base paths',
        routes([
          ['GET /api/v1/books', 'GET /api/v1/books'],
          ['GET /api/v1/books/123', 'GET /api/v1/books/:isbn'],
          ['GET /teams/red/ada', 'GET /teams/:team/:member'],
          ['GET /based/x/reports/2024', 'GET /based/:base/reports/:year'],
        ]),
      );

      it(
        'reports the route for which middleware answers',
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
          ['GET /api/nothing', '(not found)'],
        ]),
      );

      it('uses a template of the URL where only middleware answers', routes([['GET /plain/42', 'GET /plain/:id']]));
    });
  }
}
