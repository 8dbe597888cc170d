import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'polka 1', fixture: 'frameworks-a-latest' },
  { name: 'polka 0.5', fixture: 'frameworks-a-previous' },
];

for (const { name, fixture } of VERSIONS) {
  for (const extension of ['cjs', 'mjs']) {
    describe(`${name}, ${extension}`, () => {
      let server: TestServer;
      before(async () => {
        server = await startServer(join(await installFixture(fixture), `polka.${extension}`));
      });
      after(() => server?.stop());
      const routes = (expected: ReadonlyArray<readonly [string, string]>) => () => assertRoutes(server, expected);

      it(
        'reports the pattern of a route',
        routes([
          ['GET /', 'GET /'],
          ['GET /books/123?x=1', 'GET /books/:isbn'],
          ['GET /optional', 'GET /optional/:part?'],
          ['GET /optional/x', 'GET /optional/:part?'],
          ['PUT /any/thing', 'PUT /any/:what'],
          ['GET /files/a/b', 'GET /files/*'],
        ]),
      );

      it(
        'reports the full pattern in an application mounted in another',
        routes([
          ['GET /users', 'GET /users'],
          ['GET /users/42?x=1', 'GET /users/:id'],
          ['GET /users/42/failing', 'GET /users/:id/failing'],
          ['GET /users/deep/end/x', 'GET /users/deep/end/:what'],
        ]),
      );

      it('uses a template of the URL where middleware answers', routes([['GET /plain/42', 'GET /plain/:id']]));

      it(
        'counts requests that nobody answers together',
        routes([
          ['GET /nothing', '(not found)'],
          ['GET /users/42/nothing', '(not found)'],
        ]),
      );
    });
  }
}
