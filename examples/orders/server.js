// GET /orders/:id, GET /customers/:id/orders, GET /reports/returns: an ordinary application, which knows nothing of the profiler.

import express from 'express';
import pg from 'pg';
import { findOrder, ordersOf } from './orders.js';
import { returnsReport } from './reports.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const app = express();

app.get('/orders/:id', async (request, response) => {
  const order = await findOrder(pool, Number(request.params.id));
  response.status(order ? 200 : 404).json(order ?? { error: 'no such order' });
});

app.get('/customers/:id/orders', async (request, response) => {
  response.json(await ordersOf(pool, Number(request.params.id)));
});

app.get('/reports/returns', async (_request, response) => {
  response.json(await returnsReport(pool));
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`PORT ${server.address().port}`);
});
process.once('SIGTERM', () => {
  server.close(() => pool.end());
  server.closeAllConnections();
});
