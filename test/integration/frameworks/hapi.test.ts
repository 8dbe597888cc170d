import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'hapi 21', fixture: 'frameworks-b-latest' },
  { name: 'hapi 20', fixture: 'frameworks-b-previous' },
];

for (const { name, fixture } of VERSIONS) {
  for (const file of ['hapi.cjs', 'hapi.mjs', 'hapi-named.mjs']) {
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
          ['GET /users/42?verbose=1', 'GET /users/{id}'],
          ['HEAD /users/42', 'HEAD /users/{id}'],
          ['POST /users/42', 'POST /users/{id}'],
          ['GET /optional', 'GET /optional/{part?}'],
          ['GET /optional/x', 'GET /optional/{part?}'],
          ['GET /files/a/b.txt', 'GET /files/{path*}'],
          ['GET /pairs/a/b', 'GET /pairs/{pair*2}'],
          ['GET /images/cat.png', 'GET /images/{name}.png'],
          ['DELETE /any/42', 'DELETE /any/{id}'],
          ['GET /late/7', 'GET /late/{id}'],
        ]),
      );

      it(
        'reports the full pattern in a plugin with a prefix',
        routes([['GET /api/v1/books/123', 'GET /api/v1/books/{isbn}']]),
      );

      it(
        'reports the route for which an extension answers',
        routes([[{ line: 'GET /users/42', init: { headers: { 'x-refuse': '1' } } }, 'GET /users/{id}']]),
      );

      it('reports the route of an error', routes([['GET /failing/1', 'GET /failing/{id}']]));

      it(
        'counts a 404 for the route that answered it, and all others together',
        routes([
          ['GET /gone/1', 'GET /gone/{id}'],
          ['GET /nothing', '(not found)'],
        ]),
      );

      it(
        'uses a template of the URL where hapi itself answers a CORS preflight',
        routes([
          [
            {
              line: 'OPTIONS /cors/42',
              init: { headers: { origin: 'http://else.where', 'access-control-request-method': 'GET' } },
            },
            'OPTIONS /cors/:id',
          ],
        ]),
      );

      it('keeps the route of a request whose handler injects another', routes([['GET /inject/7', 'GET /inject/{id}']]));
    });
  }
}
