/** Connect: it has no routes, the path that a handler is mounted on is the route. */

import type { FrameworkHook, ReportRoute } from './contract.ts';
import { mountPrefix } from './mount-prefix.ts';
import { guarded, type HostFunction, lookAlike, observed, wrapMethod } from './observe.ts';

interface ConnectApp {
  use(...args: unknown[]): unknown;
  readonly stack: Array<{ readonly route: string; handle: HostFunction }>;
}

interface Request {
  readonly url: string;
  readonly originalUrl: string;
}

type Use = (this: ConnectApp, ...args: unknown[]) => unknown;

/** Handlers with this many parameters are for errors; the route was reported before. */
const ERROR_ARITY = 4;

export const connectHook: FrameworkHook = {
  name: 'Connect',
  modules: ['connect'],
  patch(exports, report) {
    if (typeof exports !== 'function') throw new TypeError('it is no function');
    const createServer = exports as (...args: unknown[]) => ConnectApp;
    const prepare = guarded((app: ConnectApp) =>
      wrapMethod(app, 'use', (original: Use) => useWithRoute(original, report)),
    );
    // Its methods are copied from an object that it does not export, so they can only be patched on each application.
    const createServerWithRoutes = function createServerWithRoutes(this: unknown, ...args: unknown[]): ConnectApp {
      const app = Reflect.apply(createServer, this, args);
      prepare(app);
      return app;
    };
    return Object.assign(lookAlike(createServerWithRoutes, createServer), createServer);
  },
};

function useWithRoute(original: Use, report: ReportRoute): Use {
  const follow = guarded((app: ConnectApp) => {
    const layer = app.stack.at(-1);
    if (!layer || layer.route === '' || layer.handle.length >= ERROR_ARITY) return;
    layer.handle = observed(layer.handle, mountReporter(layer.route, report));
  });
  return function useWithRoute(...args) {
    const result = Reflect.apply(original, this, args);
    follow(this);
    return result;
  };
}

function mountReporter(route: string, report: ReportRoute): (request: Request) => void {
  return (request) => {
    // Mounts do not mind case; this one is known as it was written.
    const above = mountPrefix(request.originalUrl, request.url).slice(0, -route.length).toLowerCase();
    report(above + route, request);
  };
}
