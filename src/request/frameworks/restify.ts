/** Restify: the route stays on the request. It has no mounts, its paths are full ones. */

import type { IncomingMessage } from 'node:http';
import type { FrameworkHook } from './contract.ts';

export const restifyHook: FrameworkHook = {
  name: 'Restify',
  modules: ['restify'],
  lateRoute(request: IncomingMessage) {
    const { route } = request as { route?: { path?: unknown } };
    return route?.path === undefined ? null : String(route.path);
  },
};
