import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes, type RequestLine } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
const VERSIONS = [
  { name: 'nest 12', fixture: 'frameworks-a-latest' },
  { name: 'nest 11', fixture: 'frameworks-a-previous' },
];
/** How the adapters write a wildcard to their frameworks. */
const ADAPTERS = { express: '*path', fastify: '*' };

for (const { name, fixture } of VERSIONS) {
  for (const [adapter, wildcard] of Object.entries(ADAPTERS)) {
    for (const extension of ['cjs', 'mjs']) {
      // Nest 12 is made of ES modules. There, Express still requires its router, but Fastify is only ever imported.
      const isUnseen = NODE_MAJOR < 22 && extension === 'cjs' && `${name} on ${adapter}` === 'nest 12 on fastify';
      const skip = isUnseen && 'before Node.js 22 imports are seen only in programs that are ES modules themselves';
      describe(`${name} on ${adapter}, ${extension}`, { skip }, () => {
        const withVersioning = async (kind: string): Promise<TestServer> =>
          startServer(join(await installFixture(fixture), `nest-${adapter}.${extension}`), { args: [kind] });
        let byUri: TestServer;
        let byHeader: TestServer;
        before(async () => {
          byUri = await withVersioning('URI');
          byHeader = await withVersioning('HEADER');
        });
        after(() => Promise.all([byUri?.stop(), byHeader?.stop()]));

        it('reports the pattern with the global prefix and the version', () =>
          assertRoutes(byUri, [
            ['GET /api/v1/users', 'GET /api/v1/users'],
            ['GET /api/v1/users/42?verbose=1', 'GET /api/v1/users/:id'],
            ['GET /api/v2/users/42', 'GET /api/v2/users/:id'],
            ['POST /api/v1/users', 'POST /api/v1/users'],
            ['GET /api/v1/users/files/a/b', `GET /api/v1/users/files/${wildcard}`],
            ['GET /api/health', 'GET /api/health'],
            ['GET /alive', 'GET /alive'],
          ]));

        it('reports one pattern for all versions that a header chooses', () => {
          const withVersion = (version: string): RequestLine => ({
            line: 'GET /api/users/42',
            init: { headers: { 'x-version': version } },
          });
          return assertRoutes(byHeader, [
            [withVersion('1'), 'GET /api/users/:id'],
            [withVersion('2'), 'GET /api/users/:id'],
          ]);
        });

        it('reports the route whose error an exception filter answers', () =>
          assertRoutes(byUri, [['GET /api/v1/users/42/failing', 'GET /api/v1/users/:id/failing']]));

        it('counts requests without a route together', () =>
          assertRoutes(byUri, [
            ['GET /nothing', '(not found)'],
            ['GET /api/v1/users/42/nothing', '(not found)'],
          ]));
      });
    }
  }
}
