/** The servers that are measured. A new one is a file in fixtures/ that prints its port, and one row here. */

import { fileURLToPath } from 'node:url';
import { prepareOrders } from './process/prepare-orders.ts';

export interface Prepared {
  /** Of the server. */
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

export interface ServerSpec {
  readonly name: string;
  readonly description: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Encoded, all answered with status 200. */
  readonly requests: readonly Buffer[];
  /** Starts what the server needs. */
  readonly prepare?: () => Promise<Prepared>;
  /** Only on request (`--servers`): not part of the targets. */
  readonly optional?: boolean;
}

const IDS = 1000;

function requestsOf(pathOf: (id: number) => string): Buffer[] {
  return Array.from({ length: IDS }, (_, id) =>
    Buffer.from(
      `GET ${pathOf(id)} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: profiler-bench\r\nAccept: application/json\r\n\r\n`,
    ),
  );
}

export const USER_REQUESTS: readonly Buffer[] = requestsOf((id) => `/api/users/${id}`);
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

export const SERVERS: readonly ServerSpec[] = [
  {
    name: 'express',
    description: 'Express 5, GET /api/users/:id in a nested router, JSON',
    script: fixture('express.cjs'),
    args: [],
    requests: USER_REQUESTS,
  },
  {
    name: 'fastify',
    description: 'Fastify 5, GET /api/users/:id in a prefixed plugin, JSON',
    script: fixture('fastify.cjs'),
    args: [],
    requests: USER_REQUESTS,
  },
  {
    name: 'express-io',
    description: 'the Express server with a file read awaited in each request',
    script: fixture('express.cjs'),
    args: ['io'],
    requests: USER_REQUESTS,
    optional: true,
  },
  {
    name: 'orders',
    description: 'examples/orders: Express 5, pg and PostgreSQL, GET /orders/:id, one query each',
    script: fileURLToPath(new URL('../examples/orders/server.js', import.meta.url)),
    args: [],
    requests: requestsOf((id) => `/orders/${id + 1}`),
    prepare: prepareOrders,
    optional: true,
  },
];
