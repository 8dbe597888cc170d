/** A PostgreSQL of its own for examples/orders. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from '../../scripts/install.mjs';
import { postgresql } from '../../test/helpers/databases.ts';
import type { Prepared } from '../servers.ts';

const FOLDER = fileURLToPath(new URL('../../examples/orders/', import.meta.url));

interface Client {
  connect(): Promise<void>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
}

/** @throws with the reason where PostgreSQL cannot be had */
export async function startOrdersDatabase(): Promise<Prepared> {
  ensureInstalled(FOLDER);
  const { skip } = await postgresql.availability();
  if (skip) throw new Error(skip);
  const database = await postgresql.start();
  const { Client } = createRequire(`${FOLDER}package.json`)('pg') as { Client: new (url: string) => Client };
  const client = new Client(database.url);
  await client.connect();
  await client.query(readFileSync(`${FOLDER}schema.sql`, 'utf8'));
  await client.end();
  return { env: { DATABASE_URL: database.url, PORT: '0' }, end: () => database.stop() };
}
