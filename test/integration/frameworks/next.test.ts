import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type NextFixture, nextFixture } from '../../helpers/next-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'next 16', fixture: 'next-latest' },
  { name: 'next 15', fixture: 'next-previous' },
];

const STARTS: Readonly<Record<string, (fixture: NextFixture) => Promise<TestServer>>> = {
  'next start': ({ folder, program }) =>
    startServer(program, {
      args: ['start', '--hostname', '127.0.0.1', '--port', '0'],
      cwd: folder,
      portPattern: /Local:\s+http:\/\/[^:]+:(\d+)/,
    }),
  'a custom server, cjs': ({ folder }) => startServer(join(folder, 'custom.cjs')),
  'a custom server, mjs': ({ folder }) => startServer(join(folder, 'custom.mjs')),
  'a custom server with express': ({ folder }) => startServer(join(folder, 'express.cjs')),
};

for (const { name, fixture } of VERSIONS) {
  for (const [way, start] of Object.entries(STARTS)) {
    describe(`${name}, production build, ${way}`, () => {
      let server: TestServer;
      let output: string;
      before(async () => {
        const built = await nextFixture(fixture);
        output = join(built.folder, '.next');
        server = await start(built);
      });
      after(() => server?.stop());
      const routes = (expected: ReadonlyArray<readonly [string, string]>) => () => assertRoutes(server, expected);

      it(
        'reports pages of the app router in its own notation',
        routes([
          ['GET /', 'GET /'],
          ['GET /blog/first?x=1', 'GET /blog/[slug]'],
          ['GET /docs/a/b', 'GET /docs/[...parts]'],
          ['GET /shop', 'GET /shop/[[...filters]]'],
          ['GET /shop/a/b', 'GET /shop/[[...filters]]'],
          ['GET /grouped/7', 'GET /grouped/[id]'],
          ['GET /streamed/7', 'GET /streamed/[id]'],
          ['GET /failing/7', 'GET /failing/[id]'],
        ]),
      );

      it(
        'reports prerendered pages as the pages they come from',
        routes([
          ['GET /prerendered/known', 'GET /prerendered/[slug]'],
          ['GET /prerendered/new', 'GET /prerendered/[slug]'],
          ['GET /prerendered-legacy/known', 'GET /prerendered-legacy/[id]'],
          ['GET /prerendered-legacy/new', 'GET /prerendered-legacy/[id]'],
        ]),
      );

      it(
        'reports pages of the pages router',
        routes([
          ['GET /plain', 'GET /plain'],
          ['GET /legacy/4', 'GET /legacy/[id]'],
          ['GET /legacy/missing', 'GET /legacy/[id]'],
        ]),
      );

      it(
        'reports route handlers and API routes',
        routes([
          ['GET /api/items/9', 'GET /api/items/[id]'],
          ['POST /api/items/9', 'POST /api/items/[id]'],
          ['GET /api/legacy/9', 'GET /api/legacy/[id]'],
        ]),
      );

      it('reports the page that a rewrite leads to', routes([['GET /rewritten/first', 'GET /blog/[slug]']]));

      it("reports a page's data as the page", async () => {
        const build = await readFile(join(output, 'BUILD_ID'), 'utf8');
        await assertRoutes(server, [
          [`GET /_next/data/${build}/legacy/4.json`, 'GET /legacy/[id]'],
          [{ line: 'GET /blog/first', init: { headers: { rsc: '1' } } }, 'GET /blog/[slug]'],
        ]);
      });

      it('counts all static files together', async () => {
        const [first, second] = await readdir(join(output, 'static/chunks'));
        await assertRoutes(server, [
          [`GET /_next/static/chunks/${first}`, 'GET /_next/static/*'],
          [`GET /_next/static/chunks/${second}`, 'GET /_next/static/*'],
          ['GET /_next/static/missing.js', 'GET /_next/static/*'],
        ]);
      });

      it(
        'counts requests without a page together',
        routes([
          ['GET /nothing', '(not found)'],
          ['GET /blog/first/second', '(not found)'],
        ]),
      );
    });
  }
}
