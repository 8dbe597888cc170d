/** Next.js, both routers: its own notes on a request name the page, in the notation of its folders (`/blog/[slug]`). */

import type { IncomingMessage } from 'node:http';
import type { FrameworkHook } from './contract.ts';
import { observed, wrapMethod } from './observe.ts';

/** Where Next.js keeps its notes: https://github.com/vercel/next.js/blob/canary/packages/next/src/server/request-meta.ts */
const META = Symbol.for('NextInternalRequestMeta');
const STATIC = '/_next/static/';
const BASE_SERVER = 'next/dist/server/base-server';

interface NextRequest {
  readonly url?: string;
  readonly [META]?: { readonly invokeOutput?: unknown };
}

/** What Next.js wraps around a request. */
interface BaseRequest {
  readonly originalRequest?: NextRequest;
}

type HandleRequest = (this: object, request: BaseRequest, ...rest: unknown[]) => unknown;

export const nextHook: FrameworkHook = {
  name: 'Next.js',
  modules: ['next', BASE_SERVER],
  /** Reported when the page is known, so that it replaces the catch-all route of an Express server that Next.js runs in. */
  patch(exports, report, { name }) {
    if (name !== BASE_SERVER) return;
    const { prototype } = (exports as { default: { prototype: object } }).default;
    const look = ({ originalRequest }: BaseRequest): void => {
      const page = originalRequest && pageOf(originalRequest);
      if (page) report(page, originalRequest);
    };
    wrapMethod(prototype, 'handleRequest', (original: HandleRequest) => observed(original, look));
  },
  lateRoute(request: IncomingMessage) {
    const { url = '', [META]: meta } = request as NextRequest;
    if (!meta) return null;
    const start = url.indexOf(STATIC);
    return start < 0 ? pageOf(request as NextRequest) : `${url.slice(0, start)}${STATIC}*`;
  },
};

function pageOf(request: NextRequest): string | null {
  const page = request[META]?.invokeOutput;
  return typeof page === 'string' ? page : null;
}
