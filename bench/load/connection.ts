/** One keep-alive HTTP/1.1 connection with one request in flight, as cheap as Node.js allows. */

import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const BUFFER_BYTES = 64 * 1024;

/**
 * Not `node:http`: the load generator must need less CPU per request than the server, or it measures itself. It understands
 * what the benchmark's servers answer (status 200 and a content-length) and fails on everything else.
 */
export class Connection {
  readonly #socket: Socket;
  #onResponse: (() => void) | null = null;
  #onError: (error: Error) => void;
  #head = '';
  /** Bytes of the body still to come; null while the head is being read. */
  #bodyBytesLeft: number | null = null;

  private constructor(socket: Socket, onError: (error: Error) => void) {
    this.#socket = socket;
    this.#onError = onError;
  }

  /** @param onError told once the connection can no longer be used: closed by the server, or an unexpected response. */
  static open(port: number, onError: (error: Error) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        noDelay: true,
        // One buffer for all responses: no allocation per chunk.
        onread: {
          buffer: Buffer.allocUnsafe(BUFFER_BYTES),
          callback: (size, buffer) => connection.#read(Buffer.from(buffer.buffer, buffer.byteOffset, size)),
        },
      });
      const connection = new Connection(socket, onError);
      socket.once('connect', () => resolve(connection));
      socket.once('error', (error) => {
        reject(error);
        connection.#fail(error);
      });
      socket.once('close', () => connection.#fail(new Error('the server closed a connection')));
    });
  }

  /** Sends one request; `onResponse` is called when its response is complete. */
  send(request: Buffer, onResponse: () => void): void {
    this.#onResponse = onResponse;
    this.#socket.write(request);
  }

  close(): void {
    this.#onError = () => undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): boolean {
    const bodyBytes = this.#bodyBytesLeft === null ? this.#readHead(chunk) : chunk.length;
    if (this.#bodyBytesLeft === null) return true;
    this.#bodyBytesLeft -= bodyBytes;
    if (this.#bodyBytesLeft === 0) this.#finish();
    return true;
  }

  /** @returns how many bytes at the chunk's end belong to the body */
  #readHead(chunk: Buffer): number {
    const end = chunk.indexOf(HEAD_END);
    this.#head += chunk.toString('latin1', 0, end === -1 ? chunk.length : end + HEAD_END.length);
    if (end === -1) return 0;
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#head)?.[1];
    if (length === undefined || !this.#head.startsWith('HTTP/1.1 200 ')) {
      this.#fail(new Error(`unexpected response: ${this.#head.split('\r\n', 1)[0]}`));
      return 0;
    }
    this.#bodyBytesLeft = Number(length);
    this.#head = '';
    return chunk.length - end - HEAD_END.length;
  }

  #finish(): void {
    this.#bodyBytesLeft = null;
    const onResponse = this.#onResponse;
    this.#onResponse = null;
    onResponse?.();
  }

  #fail(error: Error): void {
    const onError = this.#onError;
    this.#onError = () => undefined;
    onError(error);
  }
}
