import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { installFixture } from '../../helpers/install-fixture.ts';
import { assertRoutes } from '../../helpers/routes.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

const VERSIONS = [
  { name: 'nitro 3', fixture: 'frameworks-b-latest' },
  { name: 'nitro 2', fixture: 'frameworks-b-previous' },
];

for (const { name, fixture } of VERSIONS) {
  describe(`${name}, built for production`, () => {
    let server: TestServer | undefined;
    let folder: string;
    before(async () => {
      const packages = await installFixture(fixture);
      const shared = join(dirname(packages), 'frameworks-b-shared');
      folder = await mkdtemp(join(tmpdir(), 'profiler-nitro-'));
      await cp(join(shared, 'nitro'), join(folder, 'application'), { recursive: true });
      await promisify(execFile)(process.execPath, [
        join(packages, 'nitro-build.mjs'),
        join(folder, 'application'),
        join(folder, 'output'),
      ]);
      server = await startServer(join(shared, 'nitro-start.mjs'), { args: [join(folder, 'output/server/index.mjs')] });
    });
    after(async () => {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    // h3 is inlined into the build, where nothing can be patched.
    it('uses templates of the URLs', async () => {
      await assertRoutes(server as TestServer, [
        ['GET /', 'GET /'],
        ['GET /users/42', 'GET /users/:id'],
        ['GET /users/550e8400-e29b-41d4-a716-446655440000', 'GET /users/:uuid'],
        ['GET /reports/weekly', 'GET /reports/weekly'],
        ['GET /nothing', '(not found)'],
      ]);
    });
  });
}
