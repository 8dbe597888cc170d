import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { DirectoryQueue, MemoryQueue, type PushQueue } from '../../../src/push/queue.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-queue-'));
after(() => rmSync(folder, { recursive: true }));
/** Beyond what Linux gives. */
const DEAD_PID = 2 ** 22 + 1;

const queues: Record<string, (name: string) => PushQueue> = {
  'a queue in memory': () => new MemoryQueue(100),
  'a queue on disk': (name) => new DirectoryQueue(join(folder, name), 'otlp', 100),
};

for (const [kind, make] of Object.entries(queues)) {
  test(`${kind} gives what it was given, oldest first`, () => {
    const queue = make('order');
    for (const text of ['a', 'b', 'c']) queue.add(Buffer.from(text));
    const read: string[] = [];
    for (let next = queue.first(); next; next = queue.first()) {
      read.push(Buffer.from(next.body).toString());
      queue.remove(next.id);
    }
    assert.deepEqual([read, queue.items, queue.bytes, queue.dropped], [['a', 'b', 'c'], 0, 0, 0]);
  });

  test(`${kind} never holds more bytes than its bound: the oldest goes`, () => {
    const queue = make('bound');
    for (let index = 0; index < 50; index++) {
      queue.add(Buffer.alloc(40, index));
      assert.ok(queue.bytes <= 100);
    }
    assert.deepEqual([queue.items, queue.bytes, queue.dropped], [2, 80, 48]);
    assert.equal(queue.first()?.body[0], 48);
    queue.add(Buffer.alloc(101));
    assert.deepEqual([queue.items, queue.bytes, queue.dropped], [0, 0, 51]);
  });
}

test('what a dead process left is taken over, in order; what a living one has is left alone', () => {
  const shared = join(folder, 'shared');
  new DirectoryQueue(shared, 'otlp', 100, process.ppid).add(Buffer.from('of the living'));
  new DirectoryQueue(shared, 'otlp', 100, DEAD_PID).add(Buffer.from('of the dead'));
  new DirectoryQueue(shared, 'pyroscope', 100, DEAD_PID).add(Buffer.from('of another format'));
  writeFileSync(join(shared, 'notes.txt'), 'not ours');
  const queue = new DirectoryQueue(shared, 'otlp', 100);
  queue.add(Buffer.from('mine'));
  const first = queue.first();
  assert.equal(Buffer.from(first?.body ?? []).toString(), 'of the dead');
  queue.remove(first?.id ?? '');
  assert.equal(Buffer.from(queue.first()?.body ?? []).toString(), 'mine');
  queue.remove(queue.first()?.id ?? '');
  assert.equal(queue.first(), null);
  assert.equal(readdirSync(shared).length, 3);
});

test('entries of one millisecond, taken over from several dead processes, all stay', () => {
  const shared = join(folder, 'collisions');
  const texts = ['1', '2', '3', '4'];
  for (const [index, text] of texts.entries()) {
    new DirectoryQueue(join(folder, `other-${index}`), 'otlp', 100, DEAD_PID + index).add(Buffer.from(text));
    const [file = ''] = readdirSync(join(folder, `other-${index}`));
    mkdirSync(shared, { recursive: true });
    renameSync(join(folder, `other-${index}`, file), join(shared, file.replace(/^\d+/, '000000000000007')));
  }
  const queue = new DirectoryQueue(shared, 'otlp', 100);
  const read: string[] = [];
  for (let next = queue.first(); next; next = queue.first()) {
    read.push(Buffer.from(next.body).toString());
    queue.remove(next.id);
  }
  assert.deepEqual(read.sort(), texts);
});

test('only its user can read the folder, and a file that somebody took away is no error', {
  skip: process.platform === 'win32',
}, () => {
  const directory = join(folder, 'private');
  const queue = new DirectoryQueue(directory, 'otlp', 100);
  queue.add(Buffer.from('x'));
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  const [file = ''] = readdirSync(directory);
  assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
  rmSync(join(directory, file));
  assert.deepEqual([queue.first(), queue.items, queue.bytes], [null, 0, 0]);
});
