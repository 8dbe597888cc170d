/** Polka 0.5 and 1: the matched handlers are all that is known of a route, so each route's first handler reports it. */

import type { FrameworkHook, ReportRoute } from './contract.ts';
import { joinPattern, mountPrefix } from './mount-prefix.ts';
import { guarded, type HostFunction, observed, wrapMethod } from './observe.ts';

interface Request {
  readonly url?: string;
  /** Set by the first application that handles the request, before it cuts anything off the URL. */
  readonly originalUrl?: string;
}

type Add = (this: object, method: string, pattern: unknown, ...handlers: unknown[]) => unknown;
type Handler = (this: object, request: Request, response: unknown, info: unknown) => unknown;

/** Where the applications around the one that handles a request are mounted: middleware may change the URL further. */
const mounts = new WeakMap<object, string>();

export const polkaHook: FrameworkHook = {
  name: 'Polka',
  modules: ['polka'],
  patch(exports, report) {
    const polka = typeof exports === 'function' ? exports : (exports as { default?: unknown }).default;
    if (typeof polka !== 'function') throw new TypeError('it is no function');
    // The class is not exported; an application that is not used leaves no trace.
    const { prototype } = (polka as () => object)().constructor;
    wrapMethod(prototype, 'add', (original: Add) => addWithRoute(original, report));
    wrapMethod(prototype, 'handler', handlerWithMount);
  },
};

function addWithRoute(original: Add, report: ReportRoute): Add {
  const reporting = guarded((pattern: unknown, handlers: unknown[]) =>
    withReport(handlers, patternReporter(String(pattern), report)),
  );
  return function addWithRoute(method, pattern, ...handlers) {
    return Reflect.apply(original, this, [method, pattern, ...(reporting(pattern, handlers) ?? handlers)]);
  };
}

/** @param handlers functions, and in Polka 1 arrays of them. */
function withReport(handlers: readonly unknown[], look: HostFunction): unknown[] {
  const [first, ...rest] = handlers;
  if (Array.isArray(first)) return [withReport(first, look), ...rest];
  return typeof first === 'function' ? [observed(first as HostFunction, look), ...rest] : [...handlers];
}

function patternReporter(pattern: string, report: ReportRoute): (request: Request) => void {
  const path = pattern.startsWith('/') ? pattern : `/${pattern}`;
  return (request) => report(joinPattern(mounts.get(request) ?? '', path), request);
}

function handlerWithMount(original: Handler): Handler {
  const remember = guarded((request: Request, info: unknown) => {
    if (request.originalUrl === undefined) return;
    // Polka 0.5 gives a mounted application the URL that it has parsed and cut, `request.url` may be cut further.
    const { pathname = request.url ?? '' } = (info ?? {}) as { pathname?: string };
    // Mounts do not mind case.
    mounts.set(request, mountPrefix(request.originalUrl, pathname).toLowerCase());
  });
  return function handlerWithMount(request, response, info) {
    remember(request, info);
    return Reflect.apply(original, this, [request, response, info]);
  };
}
