import { createRequire } from 'node:module';
import { join } from 'node:path';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';
import { installFixture } from '../../helpers/install-fixture.ts';

interface Backend {
  start(packages: { grpc: unknown; loader: unknown }): Promise<{ readonly port: number; stop(): void }>;
}

const call = (method: string, caller: string, count = 1, leastMs = 40): ExpectedWait[] => [
  { label: `grpc library.v1.Books/${method}`, caller, count, leastMs },
];
const load = createRequire(import.meta.url);

for (const { name, fixture } of [
  { name: '@grpc/grpc-js 1.14', fixture: 'drivers-latest' },
  { name: '@grpc/grpc-js 1.8', fixture: 'drivers-previous' },
])
  driverSuite({
    name,
    fixture,
    file: 'grpc',
    skip: false,
    async start() {
      const own = createRequire(join(await installFixture(fixture), 'package.json'));
      const packages = { grpc: own('@grpc/grpc-js'), loader: own('@grpc/proto-loader') };
      const { start } = load('../../fixtures/drivers-shared/grpc-backend.cjs') as Backend;
      const { port, stop } = await start(packages);
      return { port, url: `127.0.0.1:${port}`, stop: async () => stop() };
    },
    kinds: {
      unary: call('Get', 'unary'),
      generic: call('Get', 'generic'),
      parallel: call('Get', 'one', 2),
      upload: call('Upload', 'upload'),
      listed: call('List', 'listed', 1, 80),
      iterated: call('List', 'iterated', 1, 80),
      chat: call('Chat', 'chat', 1, 80),
      failing: call('Fail', 'failing'),
    },
    callbacks: {
      workInCallbacks: [
        { name: 'workAnswered', milliseconds: 30 },
        { name: 'workListed', milliseconds: 60 },
      ],
    },
    endless: { kind: 'endless', label: 'grpc library.v1.Books/Wait' },
    unhandled: [/UNHANDLED 13 INTERNAL: planted/, /UNHANDLED 14 UNAVAILABLE/],
  });
