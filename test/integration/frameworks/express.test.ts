import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  {
    name: 'express 5',
    fixture: 'frameworks-a-latest',
    optional: '/optional{/:part}',
    rest: '/rest/*path',
    under: '/under/*path',
  },
  {
    name: 'express 4',
    fixture: 'frameworks-a-previous',
    optional: '/optional/:part?',
    rest: '/rest/*',
    under: '/under/*',
  },
];

for (const { name, fixture, optional, rest, under } of VERSIONS) {
  for (const extension of ['cjs', 'mjs']) {
    describe(`${name}, ${extension}`, () => {
      let server: TestServer;
      let script: string;
      before(async () => {
        script = join(await installFixture(fixture), `express.${extension}`);
        server = await startServer(script);
      });
      after(() => server?.stop());
      const routes = (expected: ReadonlyArray<readonly [string, string]>) => () => assertRoutes(server, expected);

      it(
        'reports the pattern of a route',
        routes([
          ['GET /', 'GET /'],
          ['GET /users/42?verbose=1', 'GET /users/:id'],
          ['HEAD /users/42', 'HEAD /users/:id'],
          ['POST /chain', 'POST /chain'],
          ['GET /chain', 'GET /chain'],
          ['GET /optional', `GET ${optional}`],
          ['GET /optional/x', `GET ${optional}`],
          ['GET /rest/a/b/c', `GET ${rest}`],
          ['GET /under/a/b', `GET ${under}`],
          ['GET /late/7', 'GET /late/:id'],
          ['GET /page/1', 'GET /page/*'],
        ]),
      );

      it(
        'reports the alternative that matched, of an array of paths',
        routes([
          ['GET /colors/red', 'GET /colors/:name'],
          ['GET /colours/red', 'GET /colours/:name'],
          ['GET /farbe-rot', 'GET /^\\/farbe-(\\w+)$/'],
          ['GET /eu/de/cities/ulm', 'GET /eu/:country/cities/:city'],
          ['GET /us/ny/cities/troy', 'GET /us/:state/cities/:city'],
          ['GET /asia-east/cities/osaka', 'GET (/^\\/asia-\\w+/)/cities/:city'],
        ]),
      );

      it(
        'reports a RegExp as it is written',
        routes([
          ['GET /files/a/b.txt', 'GET /^\\/files\\/(.+)\\.txt$/'],
          ['GET /v12/status', 'GET (/^\\/v\\d+/)/status'],
        ]),
      );

      it(
        'reports the full pattern of a nested router',
        routes([
          ['GET /api/v1/books', 'GET /api/v1/books'],
          ['GET /api/v1/books/', 'GET /api/v1/books'],
          ['GET /api/v1/books/123', 'GET /api/v1/books/:isbn'],
        ]),
      );

      it(
        'reports one spelling of a mount path, whatever the URL has',
        routes([['GET /API/v1/Books/123', 'GET /api/v1/books/:isbn']]),
      );

      it(
        'reports the patterns that routers are mounted on',
        routes([
          ['GET /tenants/acme/invoices/9', 'GET /tenants/:tenant/invoices/:id'],
          ['GET /tenants/acme/teams/red', 'GET /tenants/:tenant/teams/:team'],
          ['GET /tenants/acme/teams/red/members/ada', 'GET /tenants/:tenant/teams/:team/members/:member'],
          ['GET /tenants/acme/after', 'GET /tenants/:tenant/after'],
          ['GET /tenants/acme/static/a.css', 'GET /tenants/:tenant/static/*'],
          ['GET /tenants/acme/nothing', '(not found)'],
        ]),
      );

      it(
        'reports the full pattern in an application mounted in another',
        routes([
          ['GET /admin/reports/2024', 'GET /admin/reports/:year'],
          ['GET /admin/deep/3/end', 'GET /admin/deep/:level/end'],
        ]),
      );

      it(
        'reports the pattern where a mounted router puts the whole URL back',
        routes([['GET /whole/items/7?page=2', 'GET /whole/items/:id']]),
      );

      it(
        'reports the route whose error an error handler of the application answers',
        routes([
          ['GET /users/42/failing', 'GET /users/:id/failing'],
          ['GET /api/v1/books/123/failing', 'GET /api/v1/books/:isbn/failing'],
          ['GET /tenants/acme/invoices/9/failing', 'GET /tenants/:tenant/invoices/:id/failing'],
        ]),
      );

      it(
        'reports the route for which a param callback answers or fails',
        routes([
          ['GET /api/v1/books/gone', 'GET /api/v1/books/:isbn'],
          ['GET /api/v1/books/bad', 'GET /api/v1/books/:isbn'],
        ]),
      );

      it(
        'counts a 404 for the route that answered it or passed the request on, and all others together',
        routes([
          ['GET /refused/1', 'GET /refused/:id'],
          ['GET /maybe/1', 'GET /maybe/:id'],
          ['GET /page/0', 'GET /page/:id'],
          ['GET /nothing', '(not found)'],
          ['GET /api/v1/nothing/at/all', '(not found)'],
          ['GET /admin/nothing', '(not found)'],
        ]),
      );

      it(
        'uses a template of the URL where middleware answers',
        routes([
          ['GET /plain/42', 'GET /plain/:id'],
          ['GET /plain/next', '(not found)'],
          ['OPTIONS /users/42', 'OPTIONS /users/:id'],
        ]),
      );

      it('shows the application the same router as without the profiler', async () => {
        const bare = await startServer(script, { profiled: false });
        try {
          assert.deepEqual(await (await server.get('/stack')).json(), await (await bare.get('/stack')).json());
        } finally {
          await bare.stop();
        }
      });
    });
  }
}
