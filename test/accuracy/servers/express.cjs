/** Express: CPU burnt in middleware, in a nested router, in handlers before and after awaits. */

'use strict';

const express = require('express');
const { setTimeout: sleep } = require('node:timers/promises');
const { begin, report, start } = require('./truth.cjs');

let sink = 1;

function authenticate(route, ms) {
  const burn = begin('authenticate', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 31 + i) | 0;
}

function loadOrders(route, ms) {
  const burn = begin('loadOrders', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 33 + i) | 0;
}

function renderTable(route, ms) {
  const burn = begin('renderTable', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 37 + i) | 0;
}

function validate(route, ms) {
  const burn = begin('validate', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 41 + i) | 0;
}

function price(route, ms) {
  const burn = begin('price', ms, route);
  for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())
    for (let i = 0; i < rounds; i++) sink = (sink * 43 + i) | 0;
}

const app = express();
app.get('/truth', (_request, response) => response.json(report()));

const shop = express.Router();
// Routing comes later than this: samples taken here must reach the route all the same.
shop.use(async (request, _response, next) => {
  const route =
    request.method === 'POST'
      ? 'POST /shop/orders'
      : request.path === '/orders'
        ? 'GET /shop/orders'
        : 'GET /shop/orders/:order';
  request.planted = route;
  authenticate(route, 3);
  await sleep(1);
  authenticate(route, 1.5);
  next();
});
shop.get('/orders', async ({ planted }, response) => {
  loadOrders(planted, 6);
  await sleep(2);
  renderTable(planted, 6);
  response.json({ orders: [] });
});
shop.get('/orders/:order', async ({ planted, params }, response) => {
  loadOrders(planted, 1.8);
  await null;
  renderTable(planted, 1.8);
  response.json({ order: params.order });
});
shop.post('/orders', express.json(), async ({ planted }, response) => {
  validate(planted, 3);
  await sleep(1);
  price(planted, 4.5);
  response.status(201).json({ order: 1 });
});
app.use('/shop', shop);
app.get('/price/:article', ({ params }, response) => {
  price('GET /price/:article', 3.6);
  response.json({ article: params.article });
});

const server = app.listen(0, '127.0.0.1', () => {
  start();
  console.log(`PORT ${server.address().port}`);
});
