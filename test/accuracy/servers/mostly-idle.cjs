/** Short bursts of CPU, well below the sampling interval, with long idle times between them: a server at night. */

'use strict';

const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const { begin, report, start } = require('./truth.cjs');

/** Bursts of one request: many, so that what HTTP costs beside them is small. */
const BURSTS = 50;
let sink = 1;

function shortBurst(route) {
  const burn = begin('shortBurst', 0.2, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds()) for (let i = 0; i < rounds; i++) sink = (sink * 31 + i) | 0;
}

function mediumBurst(route) {
  const burn = begin('mediumBurst', 0.5, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds()) for (let i = 0; i < rounds; i++) sink = (sink * 33 + i) | 0;
}

function longBurst(route) {
  const burn = begin('longBurst', 0.9, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds()) for (let i = 0; i < rounds; i++) sink = (sink * 37 + i) | 0;
}

const handlers = {
  '/short': shortBurst,
  '/medium': mediumBurst,
  '/long': longBurst,
};

const server = createServer(async (request, response) => {
  if (request.url === '/truth') return response.end(JSON.stringify(report()));
  const route = `${request.method} ${request.url}`;
  for (let burst = 0; burst < BURSTS; burst++) {
    await sleep(5 + Math.random() * 10);
    handlers[request.url](route);
  }
  response.end('done');
});
server.listen(0, '127.0.0.1', () => {
  start();
  console.log(`PORT ${server.address().port}`);
});
