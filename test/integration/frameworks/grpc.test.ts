import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installFixture } from '../../helpers/install-fixture.ts';
import { type Http2TestServer, overHttp2 } from '../../helpers/over-http2.ts';
import { addedBy, type Counts } from '../../helpers/route-figures.ts';
import { startServer } from '../../helpers/server.ts';

const BOOK = { isbn: '123' };

for (const extension of ['cjs', 'mjs']) {
  describe(`@grpc/grpc-js 1, ${extension}`, () => {
    let server: Http2TestServer;
    let client: BooksClient;
    before(async () => {
      const fixture = await installFixture('frameworks-b-latest');
      server = await overHttp2(await startServer(join(fixture, `grpc.${extension}`)));
      client = connect(fixture, server.port);
    });
    after(async () => {
      client?.close();
      await server?.stop();
    });

    const routesOf = (call: () => Promise<unknown>): Promise<Record<string, Counts>> => addedBy(server, call);

    it('reports the service and the method of a unary call', async () => {
      assert.deepEqual(await routesOf(() => unary((done) => client.get(BOOK, done))), {
        'GRPC /library.v1.Books/Get': { requests: 1, errors: 0 },
      });
    });

    it('reports calls that stream in either direction or both', async () => {
      assert.deepEqual(await routesOf(() => messages(client.list(BOOK))), {
        'GRPC /library.v1.Books/List': { requests: 1, errors: 0 },
      });
      const upload = (): Promise<unknown> => unary((done) => client.upload(done).end(BOOK));
      assert.deepEqual(await routesOf(upload), { 'GRPC /library.v1.Books/Upload': { requests: 1, errors: 0 } });
      const chat = client.chat();
      const talk = async (): Promise<void> => {
        chat.end(BOOK);
        assert.deepEqual(await messages(chat), [BOOK]);
      };
      assert.deepEqual(await routesOf(talk), { 'GRPC /library.v1.Books/Chat': { requests: 1, errors: 0 } });
    });

    it('counts calls on one connection one by one', async () => {
      const calls = (): Promise<unknown> =>
        Promise.all(Array.from({ length: 5 }, () => unary((done) => client.get(BOOK, done))));
      assert.deepEqual(await routesOf(calls), { 'GRPC /library.v1.Books/Get': { requests: 5, errors: 0 } });
    });

    it('counts a call that fails as an error of its method, although its HTTP status is 200', async () => {
      const fail = (): Promise<void> =>
        assert.rejects(
          unary((done) => client.fail(BOOK, done)),
          /planted/,
        );
      assert.deepEqual(await routesOf(fail), { 'GRPC /library.v1.Books/Fail': { requests: 1, errors: 1 } });
    });

    it('counts calls of methods that do not exist together', async () => {
      const miss = (): Promise<void> =>
        assert.rejects(
          unary((done) => client.missing(BOOK, done)),
          /UNIMPLEMENTED/,
        );
      assert.deepEqual(await routesOf(miss), { '(not found)': { requests: 1, errors: 0 } });
    });
  });
}

type Done = (error: Error | null, answer?: unknown) => void;

interface Call extends AsyncIterable<unknown> {
  end(message?: unknown): void;
}

interface BooksClient {
  get(book: unknown, done: Done): Call;
  fail(book: unknown, done: Done): Call;
  missing(book: unknown, done: Done): Call;
  list(book: unknown): Call;
  upload(done: Done): Call;
  chat(): Call;
  close(): void;
}

/** The real client, of the fixture's own copy of grpc-js. */
function connect(fixture: string, port: number): BooksClient {
  const load = createRequire(join(fixture, 'package.json'));
  const grpc = load('@grpc/grpc-js');
  const definition = load('@grpc/proto-loader').loadSync(join(dirname(fixture), 'frameworks-b-shared/library.proto'));
  const { Books } = grpc.loadPackageDefinition(definition).library.v1;
  return new Books(`127.0.0.1:${port}`, grpc.credentials.createInsecure()) as BooksClient;
}

function unary(call: (done: Done) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

async function messages(call: Call): Promise<unknown[]> {
  const received: unknown[] = [];
  for await (const message of call) received.push(message);
  return received;
}
