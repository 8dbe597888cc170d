/** The list of frameworks whose route patterns are known. Of two that both know a request only when it ends, the first is asked first. */

import { connectHook } from './connect.ts';
import type { FrameworkHook } from './contract.ts';
import { expressHook } from './express.ts';
import { fastifyHook } from './fastify.ts';
import { h3Hook } from './h3.ts';
import { hapiHook } from './hapi.ts';
import { honoHook } from './hono.ts';
import { koaHook } from './koa.ts';
import { nextHook } from './next.ts';
import { polkaHook } from './polka.ts';
import { restifyHook } from './restify.ts';
import { trpcHook } from './trpc.ts';

export const frameworks: readonly FrameworkHook[] = [
  nextHook,
  connectHook,
  expressHook,
  fastifyHook,
  h3Hook,
  hapiHook,
  honoHook,
  koaHook,
  polkaHook,
  restifyHook,
  trpcHook,
];
