import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'router 2', fixture: 'frameworks-a-latest' },
  { name: 'router 1', fixture: 'frameworks-a-previous' },
];

for (const { name, fixture } of VERSIONS) {
  for (const extension of ['cjs', 'mjs']) {
    describe(`${name}, the router of Express by itself, ${extension}`, () => {
      let server: TestServer;
      before(async () => {
        server = await startServer(join(await installFixture(fixture), `router.${extension}`));
      });
      after(() => server?.stop());

      it('reports the full pattern of a nested router', () =>
        assertRoutes(server, [
          ['GET /users/42', 'GET /users/:id'],
          ['GET /users/42/failing', 'GET /users/:id/failing'],
          ['GET /tenants/acme/users/42', 'GET /tenants/:tenant/users/:id'],
          ['GET /nothing', '(not found)'],
        ]));
    });
  }
}
