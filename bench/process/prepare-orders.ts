/** The PostgreSQL of examples/orders, where there can be one. */

import { ensureInstalled } from '../../scripts/install.mjs';
import { postgresql } from '../../test/helpers/databases.ts';
import { ORDERS_FOLDER, startOrdersDatabase } from '../../test/helpers/orders-database.ts';
import type { Prepared } from '../servers.ts';

/** @throws with the reason where PostgreSQL cannot be had */
export async function prepareOrders(): Promise<Prepared> {
  ensureInstalled(ORDERS_FOLDER);
  const { skip } = await postgresql.availability();
  if (skip) throw new Error(skip);
  return startOrdersDatabase();
}
