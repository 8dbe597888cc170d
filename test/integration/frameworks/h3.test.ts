import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'h3 2', fixture: 'frameworks-b-latest', books: '/api/v1/books/' },
  { name: 'h3 1', fixture: 'frameworks-b-previous', books: '/api/v1/books' },
];

for (const { name, fixture, books } of VERSIONS) {
  for (const extension of ['cjs', 'mjs']) {
    describe(`${name}, ${extension}`, () => {
      let server: TestServer;
      before(async () => {
        server = await startServer(join(await installFixture(fixture), `h3.${extension}`));
      });
      after(() => server?.stop());
      const routes = (expected: Parameters<typeof assertRoutes>[1]) => () => assertRoutes(server, expected);

      it(
        'reports the pattern of a route',
        routes([
          ['GET /', 'GET /'],
          ['GET /users/42?verbose=1', 'GET /users/:id'],
          ['POST /users/42', 'POST /users/:id'],
          ['DELETE /any/42', 'DELETE /any/:id'],
          ['GET /files/a/b.txt', 'GET /files/**'],
          ['GET /late/7', 'GET /late/:id'],
        ]),
      );

      it(
        'reports the full pattern of nested routers',
        routes([
          ['GET /api/v1/books', `GET ${books}`],
          ['GET /api/v1/books/123', 'GET /api/v1/books/:isbn'],
        ]),
      );

      it('reports the route of an error', routes([['GET /failing/1', 'GET /failing/:id']]));

      it(
        'counts a 404 for the route that answered it, and all others together',
        routes([
          ['GET /gone/1', 'GET /gone/:id'],
          ['GET /nothing', '(not found)'],
        ]),
      );

      if (name === 'h3 2') {
        it('reports HEAD by its own method', routes([['HEAD /users/42', 'HEAD /users/:id']]));

        it(
          'reports the full pattern of an application that handles events of another',
          routes([
            ['GET /based/reports/2024', 'GET /based/reports/:year'],
            ['GET /based/inner/3', 'GET /based/inner/:level'],
          ]),
        );

        it(
          'reports the route for which middleware answers',
          routes([[{ line: 'GET /users/42', init: { headers: { 'x-refuse': '1' } } }, 'GET /users/:id']]),
        );
      } else {
        it(
          'reports routes of several methods and of lazy handlers',
          routes([
            ['PATCH /several/42', 'PATCH /several/:id'],
            ['GET /lazy/42', 'GET /lazy/:id'],
          ]),
        );

        it(
          'reports the full pattern of a router that is used below a path',
          routes([['GET /layered/2024', 'GET /layered/:year']]),
        );

        it(
          'uses a template of the URL where a layer answers without a router',
          routes([['GET /plain/42', 'GET /plain/:id']]),
        );
      }
    });
  }
}
