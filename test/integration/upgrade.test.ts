import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { functionSamples } from '../helpers/function-samples.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { connectRaw } from '../helpers/raw-connection.ts';
import { figuresOf } from '../helpers/route-figures.ts';
import { assertRoutes } from '../helpers/routes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

for (const extension of ['cjs', 'mjs']) {
  describe(`WebSockets with ws, ${extension}`, () => {
    let server: TestServer;
    let WebSocket: new (url: string) => Client;
    before(async () => {
      const fixture = await installFixture('frameworks-b-latest');
      server = await startServer(join(fixture, `websocket.${extension}`));
      WebSocket = createRequire(join(fixture, 'package.json'))('ws');
    });
    after(() => server?.stop());

    async function connect(path: string): Promise<Client> {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
      await once(client, 'open');
      return client;
    }

    it('counts what messages cause for the connection that sends them', async () => {
      const [chat, game] = [await connect('/chat'), await connect('/games/42')];
      for (let i = 0; i < 5; i++) {
        const answers = Promise.all([once(chat, 'message'), once(game, 'message')]);
        chat.send('/alpha');
        game.send('/beta');
        assert.deepEqual(String((await answers)[0][0]), '/alpha');
      }
      const [inChat, inGame] = [
        await functionSamples(server, 'UPGRADE /chat'),
        await functionSamples(server, 'UPGRADE /games/:id'),
      ];
      assert.ok(inChat.has('burnAlpha') && !inChat.has('burnBeta'), 'only the messages of /chat are counted for it');
      assert.ok(
        inGame.has('burnBeta') && !inGame.has('burnAlpha'),
        'only the messages of /games/42 are counted for it',
      );
      chat.close();
      game.terminate();
    });

    it('counts a connection once it has ended', async () => {
      const client = await connect('/once');
      client.close();
      await once(client, 'close');
      assert.deepEqual(await figuresOf(server, 'UPGRADE /once'), { requests: 1, errors: 0 });
    });

    it('still counts requests of the same server', () => assertRoutes(server, [['GET /users/42', 'GET /users/:id']]));
  });
}

describe('a server that takes over connections', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer('test/fixtures/connections/http1.cjs');
  });
  after(() => server?.stop());

  const EXCHANGES = [
    {
      what: 'an upgrade',
      head: 'GET /echo/7 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
      status: 101,
      route: 'UPGRADE /echo/:id',
    },
    {
      what: 'CONNECT',
      head: 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n',
      status: 200,
      route: 'CONNECT /',
    },
  ];

  for (const { what, head, status, route } of EXCHANGES) {
    it(`counts what happens on the connection after ${what}`, async () => {
      const { socket, received } = await connectRaw(server);
      socket.write(head);
      await received(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\n\\r\\n`));
      for (let i = 1; i <= 5; i++) {
        socket.write('ping');
        await received(new RegExp(`\\r\\n\\r\\n(?:ping){${i}}$`));
      }
      socket.destroy();
      assert.ok((await figuresOf(server, route))?.requests === 1);
      assert.ok((await functionSamples(server, route)).has('burnBeta'));
    });
  }
});

interface Client extends NodeJS.EventEmitter {
  send(text: string): void;
  close(): void;
  terminate(): void;
}
