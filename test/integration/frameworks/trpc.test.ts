import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes, requestCounts } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

for (const extension of ['cjs', 'mjs']) {
  for (const { base, env } of [
    { base: '', env: {} },
    { base: '/trpc', env: { BASE_PATH: '/trpc/' } },
  ]) {
    describe(`tRPC 11, ${extension}, below "${base}/"`, () => {
      let server: TestServer;
      let fixture: string;
      before(async () => {
        fixture = await installFixture('frameworks-b-latest');
        server = await startServer(join(fixture, `trpc.${extension}`), { env });
      });
      after(() => server?.stop());
      const rename = {
        line: `POST ${base}/user.rename`,
        init: { headers: { 'content-type': 'application/json' }, body: '{}' },
      };

      it('reports the path of the procedure', () =>
        assertRoutes(server, [
          [`GET ${base}/greet`, `GET ${base}/greet`],
          [`GET ${base}/user.byId?input=%7B%7D`, `GET ${base}/user.byId`],
          [rename, `POST ${base}/user.rename`],
          [`GET ${base}/listReportsOfTheYear2024`, `GET ${base}/listReportsOfTheYear2024`],
          [`GET ${base}/failing`, `GET ${base}/failing`],
        ]));

      it('reports the paths of a batch', () =>
        assertRoutes(server, [[`GET ${base}/greet,user.byId?batch=1&input=%7B%7D`, `GET ${base}/greet,user.byId`]]));

      it('reports a call of the real client', async () => {
        const { createTRPCClient, httpLink } = (await import(
          join(fixture, 'node_modules/@trpc/client/dist/index.mjs')
        )) as TrpcClient;
        const client = createTRPCClient({ links: [httpLink({ url: `${server.url}${base}` })] });
        const before = (await requestCounts(server)).get(`GET ${base}/user.byId`) ?? 0;
        assert.deepEqual(await client.user.byId.query(), { id: 1 });
        assert.equal((await requestCounts(server)).get(`GET ${base}/user.byId`), before + 1);
      });

      it('counts unknown procedures together', () =>
        assertRoutes(server, [[`GET ${base}/nothing.atAll`, '(not found)']]));

      it('leaves the application its own middleware', async () => {
        const response = await server.get(`${base}/greet`);
        assert.equal(response.headers.get('x-middleware'), '1');
        assert.deepEqual(await response.json(), { result: { data: 'hello' } });
      });
    });
  }
}

interface TrpcClient {
  createTRPCClient(options: { links: unknown[] }): { user: { byId: { query(): Promise<unknown> } } };
  httpLink(options: { url: string }): unknown;
}
