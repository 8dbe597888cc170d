/** A TCP connection to a test server on which a test writes HTTP by hand. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestServer } from './server.ts';

export interface RawConnection {
  readonly socket: Socket;
  /** Resolves with all that has been received as soon as it matches. @throws when the connection ends before */
  received(pattern: RegExp): Promise<string>;
}

export async function connectRaw(server: TestServer): Promise<RawConnection> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    socket,
    async received(pattern) {
      while (!pattern.test(text)) {
        const ended = once(socket, 'close').then(() => {
          throw new Error(`the connection ended after ${JSON.stringify(text)}`);
        });
        await Promise.race([once(socket, 'data'), ended]);
      }
      return text;
    },
  };
}
