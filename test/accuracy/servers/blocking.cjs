/** Calls that hold the thread without using a CPU, between calls that use one. */

'use strict';

const { execFileSync } = require('node:child_process');
const { mkdtempSync, openSync, readSync, rmSync } = require('node:fs');
const { createServer } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Worker } = require('node:worker_threads');
const { begin, enter, leave, report, start } = require('./truth.cjs');

const directory = mkdtempSync(join(tmpdir(), 'blocking-'));
const pipe = join(directory, 'pipe');
execFileSync('mkfifo', [pipe]);
// Opened for both, so that neither end waits for the other.
const pipeEnd = openSync(pipe, 'r+');
rmSync(directory, { recursive: true });
const writer = new Worker(
  `const { workerData: fd } = require('node:worker_threads');
   const { writeSync } = require('node:fs');
   require('node:worker_threads').parentPort.on('message', (ms) => {
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
     writeSync(fd, 'x');
   });`,
  { eval: true, workerData: pipeEnd, execArgv: [], env: {} },
);
const cell = new Int32Array(new SharedArrayBuffer(4));
const byte = Buffer.alloc(1);
let sink = 1;

function compute(route, ms) {
  const burn = begin('compute', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 31 + i) | 0;
}

function waitForLock(route, ms) {
  enter('waitForLock', route);
  Atomics.wait(cell, 0, 0, ms);
  leave();
}

function readSlowFile(route, ms) {
  writer.postMessage(ms);
  enter('readSlowFile', route);
  readSync(pipeEnd, byte);
  leave();
}

const handlers = {
  '/compute': (route) => compute(route, 21),
  '/lock': (route) => waitForLock(route, 21),
  '/file': (route) => readSlowFile(route, 21),
  '/mixed': (route) => {
    compute(route, 16);
    waitForLock(route, 16);
  },
};

const server = createServer((request, response) => {
  if (request.url === '/truth') return response.end(JSON.stringify(report()));
  handlers[request.url](`${request.method} ${request.url}`);
  response.end('done');
});
server.listen(0, '127.0.0.1', () => {
  start();
  console.log(`PORT ${server.address().port}`);
});
