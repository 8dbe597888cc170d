import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
const VERSIONS = [
  { name: 'restify 12', fixture: 'frameworks-a-latest', skip: NODE_MAJOR < 22 && 'restify 12 needs Node.js 22' },
  {
    name: 'restify 11',
    fixture: 'frameworks-a-previous',
    skip:
      NODE_MAJOR >= 24 &&
      'spdy, which restify 11 depends on, needs the http_parser binding that Node.js 24 has dropped',
  },
];

for (const { name, fixture, skip } of VERSIONS) {
  for (const extension of ['cjs', 'mjs']) {
    describe(`${name}, ${extension}`, { skip }, () => {
      let server: TestServer;
      before(async () => {
        server = await startServer(join(await installFixture(fixture), `restify.${extension}`));
      });
      after(() => server?.stop());
      const routes = (expected: ReadonlyArray<readonly [string, string]>) => () => assertRoutes(server, expected);

      it(
        'reports the pattern of a route',
        routes([
          ['GET /users/42?verbose=1', 'GET /users/:id'],
          ['POST /users', 'POST /users'],
          ['GET /async/7', 'GET /async/:id'],
          ['GET /failing/7', 'GET /failing/:id'],
          ['GET /files/a/b', 'GET /files/*'],
          ['GET /digits/7', 'GET /digits/:id(^\\d+$)'],
        ]),
      );

      it('counts requests without a route together', routes([['GET /nothing', '(not found)']]));
    });
  }
}
