/** The servers that are measured. A new one is a file in fixtures/ that prints `listening on PORT`, and one row here. */

import { fileURLToPath } from 'node:url';

export interface ServerSpec {
  readonly name: string;
  readonly description: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Only on request (`--servers`): not part of the targets. */
  readonly optional?: boolean;
}

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

export const SERVERS: readonly ServerSpec[] = [
  {
    name: 'express',
    description: 'Express 5, GET /api/users/:id in a nested router, JSON',
    script: fixture('express.cjs'),
    args: [],
  },
  {
    name: 'fastify',
    description: 'Fastify 5, GET /api/users/:id in a prefixed plugin, JSON',
    script: fixture('fastify.cjs'),
    args: [],
  },
  {
    name: 'express-io',
    description: 'the Express server with a file read awaited in each request',
    script: fixture('express.cjs'),
    args: ['io'],
    optional: true,
  },
];

const IDS = 1000;

/** Encoded requests that every server answers with status 200. */
export const REQUESTS: readonly Buffer[] = Array.from({ length: IDS }, (_, id) =>
  Buffer.from(
    `GET /api/users/${id} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: profiler-bench\r\nAccept: application/json\r\n\r\n`,
  ),
);
