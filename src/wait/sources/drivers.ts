/** The list of database drivers whose operations are sources of waits. Apart from the other sources, because preload.ts has it. */

import type { DriverSource } from '../driver.ts';
import { grpcSource } from './grpc.ts';
import { ioredisSource } from './ioredis.ts';
import { mongodbSource } from './mongodb.ts';
import { mysql2Source } from './mysql2.ts';
import { pgSource } from './pg.ts';
import { redisSource } from './redis.ts';
import { undiciSource } from './undici.ts';

export const drivers: readonly DriverSource[] = [
  pgSource,
  mysql2Source,
  mongodbSource,
  redisSource,
  ioredisSource,
  undiciSource,
  grpcSource,
];
