/**
 * Hono 4: every application asks its router once per request, and the match holds the full patterns of the routes, base paths and
 * sub-applications included. Routers replace their `match` at the first request, so each instance is watched from its first route on.
 */

import type { FrameworkHook, ReportRoute } from './contract.ts';
import { guarded, wrapMethod } from './observe.ts';

interface Route {
  readonly path: string;
  readonly method: string;
  readonly handler: { readonly length: number };
}

/** Handlers with their routes, in the order in which they run; parameters follow. */
type Match = readonly [
  handlers: readonly (readonly [entry: readonly [handler: unknown, route: Route], ...unknown[]])[],
  ...unknown[],
];

interface Router {
  match: FindMatch;
}

type AddRoute = (this: Router, ...args: unknown[]) => void;
type FindMatch = (this: Router, ...args: unknown[]) => Match;

/** The method of what `use` and `all` register. */
const ALL = 'ALL';

export const honoHook: FrameworkHook = {
  name: 'Hono',
  modules: [
    'hono',
    'hono/quick',
    'hono/tiny',
    'hono/router/linear-router',
    'hono/router/pattern-router',
    'hono/router/reg-exp-router',
    'hono/router/smart-router',
    'hono/router/trie-router',
  ],
  patch(exports, report) {
    const { Hono, ...others } = exports as { Hono?: new () => { router: object } } & Record<string, unknown>;
    const prototypes = Hono
      ? [Object.getPrototypeOf(new Hono().router) as unknown]
      : Object.values(others).map(prototypeOf);
    const routers = prototypes.filter(isRouter);
    if (routers.length === 0) throw new Error('it has no router');
    for (const router of routers) {
      wrapMethod(
        router,
        'add',
        (original: AddRoute) =>
          function addToWatchedRouter(this: Router, ...args) {
            watch(this, report);
            return Reflect.apply(original, this, args);
          },
      );
    }
  },
};

function prototypeOf(value: unknown): unknown {
  return typeof value === 'function' ? value.prototype : undefined;
}

function isRouter(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'add' in value;
}

function watch(router: Router, report: ReportRoute): void {
  const reportMatch = guarded(([handlers]: Match) => {
    const route = handlers.findLast(([[, candidate]]) => !isMiddleware(candidate))?.[0][1];
    if (route) report(route.path);
  });
  const rewrap = guarded(() => wrapMethod(router, 'match', matchWithRoute));
  const matchWithRoute = (original: FindMatch): FindMatch =>
    function matchWithRoute(...args) {
      const match = Reflect.apply(original, this, args);
      reportMatch(match);
      rewrap();
      return match;
    };
  rewrap();
}

/** `all('/files/*')` takes the context, `use('/files/*')` takes what is next as well. */
function isMiddleware({ method, path, handler }: Route): boolean {
  return method === ALL && path.endsWith('*') && handler.length > 1;
}
