/** Express 4 and 5: the matched route stays on the request, below the path where its router is mounted. */

import type { IncomingMessage } from 'node:http';
import type { FrameworkHook } from './contract.ts';

export const expressHook: FrameworkHook = {
  name: 'Express',
  modules: ['express'],
  lateRoute(request: IncomingMessage) {
    const { route, baseUrl } = request as { route?: { path?: unknown }; baseUrl?: string };
    return typeof route?.path === 'string' ? `${baseUrl ?? ''}${route.path}` : null;
  },
};
