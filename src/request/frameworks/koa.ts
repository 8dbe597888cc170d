/**
 * Koa 2 and 3 with any router that leaves its match in `ctx._matchedRoute`, as @koa/router and koa-router do. The context's prototype
 * gets an accessor of that name: only at the moment of the match is the path known that koa-mount has cut.
 */

import type { FrameworkHook } from './contract.ts';
import { joinPattern, mountPrefix } from './mount-prefix.ts';
import { guarded } from './observe.ts';

const PROPERTY = '_matchedRoute';
const MATCHED = Symbol(PROPERTY);

interface Context {
  readonly req: object;
  readonly path: string;
  readonly originalUrl: string;
  /** Set by koa-mount: the innermost prefix. */
  readonly mountPath?: string;
  /** Set by the routers: the layers whose paths match, middleware among them. */
  readonly matched?: readonly Layer[];
  [MATCHED]?: unknown;
}

interface Layer {
  readonly path: unknown;
  readonly methods?: readonly string[];
}

export const koaHook: FrameworkHook = {
  name: 'Koa',
  modules: ['koa'],
  patch(exports, report) {
    const Application = exports as new () => { context: object };
    // Every application's context inherits from one object of the package, which nothing exports.
    const contextPrototype: object = Object.getPrototypeOf(new Application().context);
    if (Object.hasOwn(contextPrototype, PROPERTY)) return;
    const reportMatch = guarded((context: Context, pattern: unknown) => {
      if (isRoute(context, pattern)) report(joinPattern(prefixOf(context), String(pattern)), context.req);
    });
    Object.defineProperty(contextPrototype, PROPERTY, {
      configurable: true,
      get(this: Context) {
        return this[MATCHED];
      },
      set(this: Context, pattern: unknown) {
        this[MATCHED] = pattern;
        reportMatch(this, pattern);
      },
    });
  },
};

/** Routers also set the paths of the middleware they pass on the way; only routes have methods. */
function isRoute({ matched }: Context, pattern: unknown): boolean {
  if (typeof pattern !== 'string' && !(pattern instanceof RegExp)) return false;
  const layers = matched?.filter((layer) => layer.path === pattern) ?? [];
  return layers.length === 0 || layers.some((layer) => layer.methods?.length !== 0);
}

/** A rewritten URL may end like the original one, too: what koa-mount cut must end with the prefix that it says it cut. */
function prefixOf({ mountPath, originalUrl, path }: Context): string {
  if (mountPath === undefined) return '';
  const prefix = mountPrefix(originalUrl, path);
  return prefix.endsWith(mountPath.replace(/\/$/, '')) ? prefix : '';
}
