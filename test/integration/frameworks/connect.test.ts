import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

for (const extension of ['cjs', 'mjs']) {
  describe(`connect 3, ${extension}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer(join(await installFixture('frameworks-a-latest'), `connect.${extension}`));
    });
    after(() => server?.stop());
    const routes = (expected: ReadonlyArray<readonly [string, string]>) => () => assertRoutes(server, expected);

    it(
      'reports the path that a handler is mounted on',
      routes([
        ['GET /users', 'GET /users'],
        ['GET /users?all', 'GET /users'],
        ['POST /users/42/books', 'POST /users'],
        ['GET /Users/42', 'GET /users'],
        ['GET /plain/42', 'GET /plain'],
      ]),
    );

    it(
      'reports the full path in an application mounted in another',
      routes([
        ['GET /api/v1/Books/7', 'GET /api/v1/Books'],
        ['GET /API/V1/BOOKS', 'GET /api/v1/Books'],
      ]),
    );

    it(
      'reports the handler whose error an error handler answers',
      routes([
        ['GET /failing/1', 'GET /failing'],
        ['GET /api/v1/errors/1', 'GET /api/v1/errors'],
      ]),
    );

    it(
      'uses a template of the URL where a handler without a path answers',
      routes([['GET /root/42', 'GET /root/:id']]),
    );

    it(
      'counts requests that nobody answers together',
      routes([
        ['GET /nothing', '(not found)'],
        ['GET /usersandmore', '(not found)'],
      ]),
    );
  });
}
