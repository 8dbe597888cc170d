/**
 * `npm run example:pg`: runs examples/orders on a PostgreSQL of its own under the profiler, and prints which call site waited for which query, beside
 * what PostgreSQL counted. Plain JavaScript: on a fresh clone nothing is installed yet.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './demo/up-to-date.mjs';
import { ensureInstalled } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

ensureInstalled(ROOT);
ensureInstalled(`${ROOT}examples/orders`);
if (!isBuilt(ROOT)) {
  const { status } = spawnSync(process.execPath, [`${ROOT}scripts/build.mjs`], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
const { tsImport } = await import('tsx/esm/api');
const { postgresql } = await tsImport('../test/helpers/databases.ts', import.meta.url);
const { measureOrders, ordersTable } = await tsImport('../test/helpers/orders-example.ts', import.meta.url);
const { skip } = await postgresql.availability();
if (skip) {
  console.error(`example:pg: ${skip}`);
  process.exit(1);
}
console.log(ordersTable(await measureOrders({ '/orders/$n': 50, '/customers/$n/orders': 50, '/reports/returns': 40 })));
