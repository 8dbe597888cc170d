/** Orders. PLANTED: the handler awaits its database twice, one query after the other, and computes after it resumed. */

import { setTimeout as delay } from 'node:timers/promises';
import { products } from './catalog.js';

export async function loadOrder(id) {
  const order = await queryOrder(id);
  const lines = await queryLines(id);
  return { ...order, lines };
}

/** Runs after the awaits: a profiler that loses its caller there shows this function as nobody's. */
export function summarizeOrder({ id, lines }) {
  const byName = {};
  for (let round = 0; round < 40; round++) {
    for (const { name, price, count } of lines) byName[name] = ((byName[name] ?? 0) + price * count) % 9973;
  }
  return { id, lines: lines.length, total: lines.reduce((sum, { price, count }) => sum + price * count, 0), byName };
}

/** In place of a database: answers after 5 ms. */
async function queryOrder(id) {
  await delay(5);
  return { id };
}

/** And after 15 ms. */
async function queryLines(id) {
  await delay(15);
  return products.slice(id % 50, (id % 50) + 100).map(({ name, price }, i) => ({ name, price, count: (i % 3) + 1 }));
}
