/** node:http alone: CPU burnt after awaits, in timers, streams, event listeners and callbacks of the thread pool, each route in its own way. */

import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs';
import { createServer } from 'node:http';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deflate } from 'node:zlib';
import truth from './truth.cjs';

const { begin, enter, leave } = truth;
let sink = 1;

function parseQuery(route, ms) {
  const burn = begin('parseQuery', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 31 + i) | 0;
}

function findUser(route, ms) {
  const burn = begin('findUser', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 33 + i) | 0;
}

function checkRights(route, ms) {
  const burn = begin('checkRights', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 37 + i) | 0;
}

function rankResults(route, ms) {
  const burn = begin('rankResults', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 41 + i) | 0;
}

function encodeChunk(route, ms) {
  const burn = begin('encodeChunk', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 43 + i) | 0;
}

function compareHash(route, ms) {
  const burn = begin('compareHash', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 47 + i) | 0;
}

function writeAudit(route, ms) {
  const burn = begin('writeAudit', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 53 + i) | 0;
}

/** Own work, then two callees, one of them twice as heavy; its cumulative time is all three. */
function buildReport(route) {
  enter('buildReport', route);
  const burn = begin('buildReport', 1.5, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 59 + i) | 0;
  collectRows(route, 4);
  checkRights(route, 1.5);
  leave();
}

/** Recursive: own work at each of `depth` levels. */
function collectRows(route, depth) {
  enter('collectRows', route);
  const burn = begin('collectRows', 0.75, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 61 + i) | 0;
  if (depth > 1) collectRows(route, depth - 1);
  leave();
}

const handlers = {
  /** Before an await, after a settled promise, after a timer, beside another branch of Promise.all. */
  async '/awaits'(route) {
    parseQuery(route, 2.4);
    await null;
    findUser(route, 3.6);
    await sleep(3);
    checkRights(route, 1.8);
    await Promise.all([rankLater(route, 1), rankLater(route, 4)]);
    return 'awaits';
  },
  /** In callbacks of timers, of setImmediate and of the queues between them. */
  '/timers': (route) =>
    new Promise((resolve) => {
      setTimeout(() => {
        rankResults(route, 4.5);
        setImmediate(() => {
          writeAudit(route, 3);
          process.nextTick(() => {
            parseQuery(route, 1.5);
            queueMicrotask(() => {
              findUser(route, 1.5);
              resolve('timers');
            });
          });
        });
      }, 2);
    }),
  /** In a transform between two streams. */
  async '/streams'(route, _request, response) {
    const encode = new Transform({
      transform(chunk, _encoding, done) {
        encodeChunk(route, 1.8);
        setImmediate(done, null, chunk);
      },
    });
    await pipeline(Readable.from(['one', 'two', 'three', 'four', 'five']), encode, new PassThrough(), response);
  },
  /** In callbacks of the thread pool: crypto, zlib, file system. */
  '/pool': (route) =>
    new Promise((resolve) => {
      pbkdf2('secret', 'salt', 200, 32, 'sha256', () => {
        compareHash(route, 4.2);
        deflate(Buffer.alloc(2000, 'text'), () => {
          encodeChunk(route, 2.4);
          readFile(fileURLToPath(import.meta.url), () => {
            writeAudit(route, 2.4);
            resolve('pool');
          });
        });
      });
    }),
  /** In the listeners of the request's own events. */
  '/upload': (route, request) =>
    new Promise((resolve) => {
      request.on('data', () => compareHash(route, 3.6));
      request.on('end', () => {
        parseQuery(route, 2.4);
        resolve('upload');
      });
    }),
  /** A plain call tree. */
  '/report': (route) => {
    buildReport(route);
    return 'report';
  },
};

async function rankLater(route, delayMs) {
  await sleep(delayMs);
  rankResults(route, 2.1);
}

const server = createServer(async (request, response) => {
  if (request.url === '/truth') return response.end(JSON.stringify(truth.report()));
  const body = await handlers[request.url](`${request.method} ${request.url}`, request, response);
  if (body !== undefined) response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  truth.start();
  console.log(`PORT ${server.address().port}`);
});
