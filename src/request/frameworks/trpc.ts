/** tRPC's standalone adapter: a request's path names the procedures it calls, `/user.byId` or, batched, `/a,b`. */

import type { FrameworkHook, ReportRoute } from './contract.ts';
import { guarded } from './observe.ts';
import { wrapExport } from './wrap-export.ts';

interface HandlerOptions {
  readonly router: { readonly _def: { readonly procedures: object } };
  readonly basePath?: string;
  readonly middleware?: Middleware;
}

interface Request {
  readonly url?: string;
}

type Middleware = (request: Request, response: unknown, next: (error?: unknown) => void) => unknown;
type Factory = (this: unknown, options: HandlerOptions, ...rest: unknown[]) => unknown;

export const trpcHook: FrameworkHook = {
  name: 'tRPC',
  modules: ['@trpc/server/adapters/standalone'],
  patch(exports, report) {
    const wrap = (original: Factory): Factory =>
      function createWithRoutes(options, ...rest) {
        return Reflect.apply(original, this, [
          { ...options, middleware: reportingMiddleware(options, report) },
          ...rest,
        ]);
      };
    for (const name of ['createHTTPHandler', 'createHTTPServer']) wrapExport(exports as object, name, wrap);
    if ('createHTTP2Handler' in (exports as object)) wrapExport(exports as object, 'createHTTP2Handler', wrap);
  },
};

/** The adapter's own place for what runs before a procedure. */
function reportingMiddleware(options: HandlerOptions, report: ReportRoute): Middleware {
  const { middleware } = options;
  const reportMatch = guarded((request: Request) => {
    const pattern = procedurePath(request.url ?? '', options);
    if (pattern !== null) report(pattern, request);
  });
  return function middlewareWithRoute(request, response, next) {
    reportMatch(request);
    return middleware ? middleware(request, response, next) : next();
  };
}

/** @returns null unless all of the procedures exist: unknown paths are as many as clients like. */
function procedurePath(url: string, { router, basePath = '/' }: HandlerOptions): string | null {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  const trimmed = basePath.replace(/^\/|\/$/g, '');
  const base = trimmed === '' ? '/' : `/${trimmed}/`;
  if (!path.startsWith(base)) return null;
  const names = path.slice(base.length).replaceAll('%2C', ',');
  const isKnown = names.split(',').every((name) => Object.hasOwn(router._def.procedures, name));
  return isKnown ? `${base}${names}` : null;
}
