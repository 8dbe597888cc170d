/** A route of which most requests find what they want at once and some wait long, beside one that keeps the thread busy. Notes what it waits for. */

'use strict';

const { readFile } = require('node:fs');
const { createServer } = require('node:http');

const RARE = 4;
const LONG_MS = 200;
const BURN_MS = 2;
const truth = { readMs: 0, timerMs: 0 };
let mixed = 0;

function answerQuickly(response, begunMs) {
  readFile(__filename, () => {
    truth.readMs += performance.now() - begunMs;
    response.end('hit');
  });
}

function answerLate(response, begunMs) {
  setTimeout(() => {
    truth.timerMs += performance.now() - begunMs;
    response.end('miss');
  }, LONG_MS);
}

function burn(response) {
  const endMs = performance.now() + BURN_MS;
  while (performance.now() < endMs);
  response.end('done');
}

const server = createServer((request, response) => {
  if (request.url === '/truth') return response.end(JSON.stringify(truth));
  if (request.url === '/burn') return burn(response);
  return (++mixed % RARE ? answerQuickly : answerLate)(response, performance.now());
});
server.listen(0, '127.0.0.1', () => console.log(`PORT ${server.address().port}`));
