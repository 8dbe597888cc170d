/** h3 1: a route's handler is all that a router keeps to itself, so each one reports its route when it is called. */

import type { ReportRoute } from './contract.ts';
import { joinPattern, mountPrefix } from './mount-prefix.ts';
import { guarded, type HostFunction, observed, wrapMethod } from './observe.ts';
import { wrapExport } from './wrap-export.ts';

interface Event {
  /** What `useBase` and `app.use` have left of the URL. */
  readonly path: string;
  readonly node: { readonly req: { readonly url?: string; readonly originalUrl?: string } };
}

type CreateRouter = (this: unknown, ...args: unknown[]) => object;
type AddRoute = (this: unknown, path: string, handler: unknown, ...rest: unknown[]) => unknown;

/** @param exports of h3: `createRouter` is replaced, for a router is an object without a class. */
export function watchRouters(exports: object, report: ReportRoute): void {
  const watch = guarded((router: object) => {
    // `get`, `post` and the like call `add`.
    for (const name of ['add', 'use']) wrapMethod(router, name, (original: AddRoute) => addWithRoute(original, report));
  });
  wrapExport(
    exports,
    'createRouter',
    (original: CreateRouter) =>
      function createWatchedRouter(...args) {
        const router = Reflect.apply(original, this, args);
        watch(router);
        return router;
      },
  );
}

function addWithRoute(original: AddRoute, report: ReportRoute): AddRoute {
  return function addWithRoute(path, handler, ...rest) {
    const reportMatch = ({ node: { req }, path: rest }: Event): void => {
      report(joinPattern(mountPrefix(req.originalUrl ?? req.url ?? '', rest), path), req);
    };
    // h3 keeps what it knows of a handler as properties of the function.
    const watched =
      typeof handler === 'function' ? Object.assign(observed(handler as HostFunction, reportMatch), handler) : handler;
    return Reflect.apply(original, this, [path, watched, ...rest]);
  };
}
