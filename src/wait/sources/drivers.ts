/** The list of database drivers whose operations are sources of waits. Apart from the other sources, because preload.ts has it. */

import type { DriverSource } from '../driver.ts';
import { grpcSource } from './grpc.ts';
import { ioredisSource } from './ioredis.ts';
import { mongodbSource } from './mongodb.ts';
import { mysqlSource } from './mysql.ts';
import { mysql2Source } from './mysql2.ts';
import { pgSource } from './pg.ts';
import { postgresSource } from './postgres.ts';
import { redisSource } from './redis.ts';
import { undiciSource } from './undici.ts';

export const drivers: readonly DriverSource[] = [
  pgSource,
  postgresSource,
  mysql2Source,
  mysqlSource,
  mongodbSource,
  redisSource,
  ioredisSource,
  undiciSource,
  grpcSource,
];
