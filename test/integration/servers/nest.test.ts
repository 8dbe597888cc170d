/** A NestJS application, TypeScript with decorators, compiled as its own tools do it. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer } from '../../helpers/server.ts';
import { fixtureFile, fixtureModule } from './fixture-folder.ts';
import { describeThirdPartyServer } from './third-party.ts';

interface TypeScript {
  transpileModule(source: string, options: object): { readonly outputText: string };
}

/** @returns the compiled main file; its source maps lie beside it. */
async function buildNest(): Promise<string> {
  const { transpileModule } = await fixtureModule<TypeScript>('typescript');
  const [from, to] = [await fixtureFile('nest'), await fixtureFile('dist/nest')];
  await mkdir(to, { recursive: true });
  const compilerOptions = {
    module: 1,
    target: 9,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    inlineSourceMap: true,
  };
  for (const fileName of (await readdir(from)).filter((entry) => entry.endsWith('.ts'))) {
    const { outputText } = transpileModule(await readFile(join(from, fileName), 'utf8'), { compilerOptions, fileName });
    await writeFile(join(to, fileName.replace(/\.ts$/, '.js')), outputText);
  }
  return join(to, 'main.js');
}

describeThirdPartyServer({
  name: 'a NestJS 12 application',
  start: async (port, options) => startServer(await buildNest(), { ...options, args: [String(port)] }),
  requests: [
    { line: 'GET /api/users', route: 'GET /api/users' },
    { line: 'GET /api/users/1', route: 'GET /api/users/:user' },
    { line: 'GET /api/users/9', route: 'GET /api/users/:user' },
    {
      line: 'POST /api/users',
      route: 'POST /api/users',
      headers: { 'Content-Type': 'application/json', 'X-Token': 'right' },
      body: '{"name":"Joan"}',
    },
    { line: 'POST /api/users', route: 'POST /api/users', headers: { 'X-Token': 'wrong' } },
    { line: 'GET /api/reports/100/chain', route: 'GET /api/reports/:limit/chain' },
    { line: 'GET /api/reports/many/chain', route: 'GET /api/reports/:limit/chain' },
    { line: 'GET /users', route: '(not found)' },
  ],
  hot: {
    request: { line: 'GET /api/reports/20000/chain', route: 'GET /api/reports/:limit/chain' },
    owners: ['reports.service.ts'],
    because: 'the report is a loop in it',
  },
});
