/** Short bursts of CPU, below the sampling interval, with long idle times between them: a server at night. */

'use strict';

const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const { begin, report, start } = require('./truth.cjs');

/** Bursts of one request: many, so that what HTTP costs beside them is small. */
const BURSTS = 50;
let sink = 1;

function checkCache(route) {
  const burn = begin('checkCache', 2, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 31 + i) | 0;
}

function signToken(route) {
  const burn = begin('signToken', 2.6, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 33 + i) | 0;
}

function resizeIcon(route) {
  const burn = begin('resizeIcon', 3.2, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 37 + i) | 0;
}

function buildIndex(route) {
  const burn = begin('buildIndex', 3.8, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 41 + i) | 0;
}

function packArchive(route) {
  const burn = begin('packArchive', 4.4, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 43 + i) | 0;
}

const handlers = {
  '/cache': checkCache,
  '/token': signToken,
  '/icon': resizeIcon,
  '/index': buildIndex,
  '/archive': packArchive,
};

const server = createServer(async (request, response) => {
  if (request.url === '/truth') return response.end(JSON.stringify(report()));
  const route = `${request.method} ${request.url}`;
  for (let burst = 0; burst < BURSTS; burst++) {
    await sleep(10 + Math.random() * 20);
    handlers[request.url](route);
  }
  response.end('done');
});
server.listen(0, '127.0.0.1', () => {
  start();
  console.log(`PORT ${server.address().port}`);
});
