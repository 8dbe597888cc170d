/** CollectorThread: the host's end of a real thread, whose other end is a script of the test. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ApiRequest, ApiResponse } from '../../../src/api/types.ts';
import type { HostFacts } from '../../../src/collector/protocol.ts';
import { CollectorThread } from '../../../src/host/collector-thread.ts';
import { optionsOf } from '../collector/test-host.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'profiler-thread-'));
});
after(() => rm(root, { recursive: true }));

const REQUEST: ApiRequest = { method: 'GET', path: 'stats', query: '', headers: {}, body: '' };

interface Started {
  readonly thread: CollectorThread;
  readonly deaths: string[];
  readonly log: string[];
}

/** @param script body of the thread: `port`, `workerData` and `answer(id, body)` are there. */
async function start(script: string): Promise<Started> {
  const ownDirectory = await mkdtemp(join(root, 'dist-'));
  await writeFile(
    join(ownDirectory, 'collector.cjs'),
    `const { parentPort: port, workerData } = require('node:worker_threads');
     const answer = (id, body) => port.postMessage({ type: 'http', id, response: { status: 200, headers: {}, body } });
     ${script}`,
  );
  const deaths: string[] = [];
  const log: string[] = [];
  const host: HostFacts = {
    run: '',
    pid: 1,
    parentPid: 1,
    thread: 0,
    title: '',
    node: '',
    version: '',
    startedAt: 0,
    cwd: '/',
    script: '',
    starter: { kind: 'none' },
    temporaryDirectory: '/nowhere',
    ownDirectory,
  };
  const thread = new CollectorThread(optionsOf(), host, {
    ready: () => {},
    rotate: () => {},
    recording: () => {},
    'source-map': () => {},
    heap: () => {},
    'capture-begin': () => {},
    'capture-end': () => {},
    log: ({ text }) => log.push(text),
    died: (reason) => deaths.push(reason),
  });
  return { thread, deaths, log };
}

function ask(thread: CollectorThread): Promise<ApiResponse> {
  return new Promise((resolve) => thread.ask(REQUEST, resolve));
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await turn();
}

/** A thread is not waited for by anyone, so a test must keep the process alive itself. */
async function alive<Result>(body: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => {}, 1000);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}

test('answers reach their questions, in whichever order they come', () =>
  alive(async () => {
    const { thread } = await start(`
      const ids = [];
      port.on('message', ({ type, id }) => {
        ids.push(id);
        if (ids.length === 2) for (const one of ids.reverse()) answer(one, 'answer ' + one);
      });`);
    const [a, b] = await Promise.all([ask(thread), ask(thread)]);
    assert.deepEqual([a.body, b.body], ['answer 1', 'answer 2']);
    thread.post({ type: 'flush' });
  }));

test('the thread gets none of the host’s flags and variables, but what it is started with', () =>
  alive(async () => {
    const { thread } = await start(
      "port.on('message', ({ id }) => answer(id, JSON.stringify([process.execArgv, process.env, workerData.options.path])));",
    );
    assert.equal((await ask(thread)).body, '[[],{},"/__profile__"]');
  }));

test('an answer that nobody waits for any more is dropped, and the thread learns of it', () =>
  alive(async () => {
    const { thread, log } = await start(`
      port.on('message', ({ type, id }) => {
        port.postMessage({ type: 'log', text: type + ' ' + id });
        if (type === 'http-abort') answer(id, 'too late');
      });`);
    const asked = thread.ask(REQUEST, () => assert.fail('it was aborted'));
    asked.abort();
    asked.abort();
    await until(() => log.length === 2);
    assert.deepEqual(log, ['http 1', 'http-abort 1']);
  }));

test('when the thread dies, questions are answered with 503, then and later, and it is said once', () =>
  alive(async () => {
    const { thread, deaths } = await start("port.on('message', () => { throw new Error('out of memory'); });");
    const { status, body } = await ask(thread);
    assert.deepEqual([status, JSON.parse(String(body)).code], [503, 'PROFILER_E_COLLECTOR']);
    await until(() => deaths.length > 0);
    assert.equal(thread.isAlive, false);
    assert.equal((await ask(thread)).status, 503);
    thread.post({ type: 'flush' });
    assert.equal(thread.flush(5000), undefined);
    assert.deepEqual(deaths, ['Error: out of memory']);
  }));

test('a script that is missing is a dead thread', () =>
  alive(async () => {
    const { thread, deaths } = await start('');
    await until(() => deaths.length > 0);
    assert.match(deaths[0] ?? '', /ended with code 0/);
    assert.equal((await ask(thread)).status, 503);
  }));

test('the host waits for the flush that the thread confirms', () =>
  alive(async () => {
    const { thread } = await start(`
      port.on('message', ({ type }) => {
        if (type !== 'flush') return;
        new Uint8Array(workerData.lastWords, 8).set([0x6e, 0x6f]);
        const numbers = new Int32Array(workerData.lastWords, 0, 2);
        numbers[1] = 2;
        Atomics.store(numbers, 0, 1);
        Atomics.notify(numbers, 0);
      });`);
    assert.equal(thread.flush(5000), 'no');
  }));
