import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { whenListenedTo } from '../../../src/request/when-listened-to.ts';

const keysBefore = keysOf(new IncomingMessage(new Socket()));

function keysOf(message: object): string[] {
  const keys: string[] = [];
  for (const key in message) keys.push(key);
  return keys.sort();
}

test('every way to listen is told, before the listener is there, until it is ended', () => {
  const told: string[] = [];
  const end = whenListenedTo(IncomingMessage.prototype, (message, event) =>
    told.push(`${String(event)} ${message.listenerCount('data')}`),
  );
  const message = new IncomingMessage(new Socket());
  message.on('data', () => {}).addListener('data', () => {});
  message.once('data', () => {}).prependListener('data', () => {});
  message.prependOnceListener('data', () => {});
  assert.deepEqual(told, ['data 0', 'data 1', 'data 2', 'data 3', 'data 4']);
  end();
  message.on('end', () => {});
  assert.equal(told.length, 5);
});

test('several are told, and each ends by itself', () => {
  const told: string[] = [];
  const ends = ['a', 'b'].map((name) => whenListenedTo(IncomingMessage.prototype, () => told.push(name)));
  const message = new IncomingMessage(new Socket());
  message.on('end', () => {});
  ends[0]?.();
  message.on('end', () => {});
  ends[1]?.();
  assert.deepEqual(told, ['a', 'b', 'b']);
});

test('messages look as before, and call what streams have by then', () => {
  const end = whenListenedTo(IncomingMessage.prototype, () => {});
  assert.deepEqual(keysOf(new IncomingMessage(new Socket())), keysBefore);
  assert.deepEqual(
    [IncomingMessage.prototype.on.name, IncomingMessage.prototype.on.length],
    [Readable.prototype.on.name, Readable.prototype.on.length],
  );
  const message = new IncomingMessage(new Socket());
  const original = Readable.prototype.on;
  const seen: unknown[] = [];
  Readable.prototype.on = function on(this: Readable, ...args: Parameters<typeof original>) {
    seen.push(args[0]);
    return Reflect.apply(original, this, args);
  } as typeof original;
  try {
    message.on('close', () => {});
  } finally {
    Readable.prototype.on = original;
    end();
  }
  assert.deepEqual(seen, ['close']);
});
