/** A PostgreSQL of its own with the data of examples/orders. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { postgresql } from './databases.ts';

export const ORDERS_FOLDER: string = fileURLToPath(new URL('../../examples/orders/', import.meta.url));

export interface OrdersClient {
  query<Row>(text: string): Promise<{ rows: Row[] }>;
}

interface Client extends OrdersClient {
  connect(): Promise<void>;
  end(): Promise<void>;
}

export interface OrdersDatabase {
  /** Of the server. */
  readonly env: { readonly DATABASE_URL: string; readonly PORT: string };
  readonly client: OrdersClient;
  end(): Promise<void>;
}

export async function startOrdersDatabase(): Promise<OrdersDatabase> {
  const database = await postgresql.start();
  const { Client } = createRequire(`${ORDERS_FOLDER}package.json`)('pg') as { Client: new (url: string) => Client };
  const client = new Client(database.url);
  const end = async (): Promise<void> => {
    await client.end();
    await database.stop();
  };
  try {
    await client.connect();
    await client.query(readFileSync(`${ORDERS_FOLDER}schema.sql`, 'utf8'));
  } catch (error) {
    await end();
    throw error;
  }
  return { env: { DATABASE_URL: database.url, PORT: '0' }, client, end };
}
