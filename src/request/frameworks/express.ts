/**
 * Express 4 and 5, and its router by itself. The matched route stays on the request, but `req.baseUrl` is put back on the way to an
 * error handler and holds the URL's text where a router is mounted on a pattern: so routes are noted when they are dispatched.
 */

import type { IncomingMessage } from 'node:http';
import type { FrameworkHook, ReportRoute } from './contract.ts';
import { Everything } from './everything.ts';
import { ExpressMounts } from './express-mounts.ts';
import {
  alternativeChooser,
  alternatives,
  type ExpressRequest,
  isRootWildcard,
  isWildcard,
  joinPaths,
  type Next,
  type Router,
} from './express-paths.ts';
import { guarded, type HostFunction, observed, wrapMethod } from './observe.ts';

interface Route {
  readonly path?: unknown;
}

interface Response {
  readonly statusCode?: number;
}

interface RouteFacts {
  readonly choose: (path: string) => unknown;
  /** For all that is below some path. Such a route is middleware where it passes requests on, and the application's 404 page where it answers 404. */
  readonly isCatchAll: boolean;
  /** Full patterns by those of the mounts around. */
  readonly byMount: Map<string, string>;
}

/** The route that a request is in. */
interface Visit {
  readonly route: Route;
  readonly pattern: string;
}

interface CatchAllVisit extends Visit {
  readonly response: Response;
  /** The pattern to go back to where the route turns out not to be one. */
  readonly before: string;
  hasPassedOn: boolean;
}

type UseRouter = (this: Router, ...args: unknown[]) => unknown;
type MakeRoute = (this: Router, path: unknown) => Route;
type AddParam = (this: Router, name: unknown, callback: unknown) => unknown;
type Dispatch = (this: Route, request: ExpressRequest, response: Response, done: Next) => unknown;

type Methods = Record<string, HostFunction>;

interface ExpressExports {
  /** In Express 4 the methods are on the function itself. */
  readonly Router?: { readonly use?: unknown; readonly prototype?: Methods } & Methods;
  readonly Route?: { readonly prototype?: Methods };
}

const MAX_MOUNTS = 100;
const NOT_FOUND = 404;
/** `*`, or Express 5's `*rest` and `{*rest}`. */
const ENDS_IN_WILDCARD = /\*\w*\}?$/;

class ExpressRoutes {
  readonly #mounts = new ExpressMounts();
  readonly #everything = new Everything();
  readonly #facts = new WeakMap<Route, RouteFacts>();
  /** Where requests were last; kept only where something asks for it: catch-all routes, and param callbacks, which run before a route. */
  readonly #visits = new WeakMap<object, Visit>();
  readonly #catchAllVisits = new WeakMap<object, CatchAllVisit>();
  #keepsVisits = false;

  patch(exports: ExpressExports, report: ReportRoute): void {
    const router = typeof exports.Router?.use === 'function' ? exports.Router : exports.Router?.prototype;
    const route = exports.Route?.prototype;
    if (!router || !route) throw new TypeError('it has no Router or no Route');
    wrapMethod(router, 'use', (original: UseRouter) => this.#useWithMount(original));
    wrapMethod(router, 'route', (original: MakeRoute) => this.#routeWithFacts(original));
    wrapMethod(router, 'param', (original: AddParam) => this.#paramWithRoute(original, report));
    wrapMethod(route, 'dispatch', (original: Dispatch) => this.#dispatchWithRoute(original, report));
  }

  /** For requests whose pattern could not be told when a route was dispatched. */
  lateRoute(request: ExpressRequest): string | null {
    const { route } = request;
    const visit = this.#catchAllVisits.get(request);
    if (visit && visit.route === route) {
      const isMiss = visit.hasPassedOn || visit.response.statusCode === NOT_FOUND;
      if (!isMiss)
        return isRootWildcard(visit.pattern) ? this.#everything.patternOf(request, visit.pattern) : visit.pattern;
      if (visit.before !== '') return visit.before;
    } else if (route?.path !== undefined) return this.#patternOf(route, request);
    if (!this.#mounts.isBelowPattern(request)) return null;
    const mount = this.#mounts.patternOf(request);
    return ENDS_IN_WILDCARD.test(mount) ? mount : joinPaths(mount, '*');
  }

  #useWithMount(original: UseRouter): UseRouter {
    const add = guarded((router: Router, path: unknown, before: number) =>
      this.#mounts.add(router, path, router.stack.slice(before)),
    );
    return function useWithMount(...args) {
      const before = this.stack?.length ?? 0;
      const result = Reflect.apply(original, this, args);
      if (!isHandler(args[0])) add(this, args[0], before);
      return result;
    };
  }

  #routeWithFacts(original: MakeRoute): MakeRoute {
    const learn = guarded((router: Router, path: unknown, route: Route) => this.#learn(router, path, route));
    return function routeWithFacts(path) {
      const route = Reflect.apply(original, this, [path]) as Route;
      learn(this, path, route);
      return route;
    };
  }

  #paramWithRoute(original: AddParam, report: ReportRoute): AddParam {
    const look = (request: ExpressRequest, response: Response): void => {
      const { route } = request;
      if (route && this.#visits.get(request)?.route !== route) this.#visit(route, request, response, report);
    };
    const keepVisits = (): void => {
      this.#keepsVisits = true;
    };
    return function paramWithRoute(name, callback) {
      keepVisits();
      return Reflect.apply(original, this, [
        name,
        typeof callback === 'function' ? observed(callback as HostFunction, look) : callback,
      ]);
    };
  }

  #dispatchWithRoute(original: Dispatch, report: ReportRoute): Dispatch {
    const visit = guarded((route: Route, request: ExpressRequest, response: Response) =>
      this.#visit(route, request, response, report),
    );
    return function dispatchWithRoute(request, response, done) {
      const catchAll = visit(this, request, response);
      if (!catchAll) return Reflect.apply(original, this, [request, response, done]);
      const doneWithRoute: Next = (...args) => {
        if (!args[0] || args[0] === 'router') catchAll.hasPassedOn = true;
        return Reflect.apply(done, undefined, args);
      };
      return Reflect.apply(original, this, [request, response, doneWithRoute]);
    };
  }

  #visit(route: Route, request: ExpressRequest, response: Response, report: ReportRoute): CatchAllVisit | undefined {
    const pattern = this.#patternOf(route, request);
    const before = this.#keepsVisits ? (this.#visits.get(request)?.pattern ?? '') : '';
    if (this.#facts.get(route)?.isCatchAll) {
      const visit = { route, pattern, response, before, hasPassedOn: false };
      this.#catchAllVisits.set(request, visit);
      report('', request);
      return visit;
    }
    if (this.#keepsVisits) this.#visits.set(request, { route, pattern });
    report(pattern, request);
    return undefined;
  }

  #learn(router: Router, path: unknown, route: Route): RouteFacts {
    const facts = {
      choose: alternativeChooser(path, router, router.stack?.at(-1)),
      isCatchAll: alternatives(path).some(isWildcard),
      byMount: new Map<string, string>(),
    };
    this.#facts.set(route, facts);
    if (facts.isCatchAll) this.#keepsVisits = true;
    return facts;
  }

  #patternOf(route: Route, request: ExpressRequest): string {
    const facts = this.#facts.get(route) ?? this.#learn({ stack: [] }, route.path, route);
    const mount = this.#mounts.patternOf(request);
    if (Array.isArray(route.path)) return joinPaths(mount, facts.choose(request.url?.split('?', 1)[0] ?? ''));
    const known = facts.byMount.get(mount);
    if (known !== undefined) return known;
    const pattern = joinPaths(mount, facts.choose(''));
    if (facts.byMount.size >= MAX_MOUNTS) facts.byMount.clear();
    facts.byMount.set(mount, pattern);
    return pattern;
  }
}

const routes = new ExpressRoutes();

export const expressHook: FrameworkHook = {
  name: 'Express',
  modules: ['express', 'router'],
  patch(exports, report, module) {
    // The package `router` is the router itself, with its Route.
    if (module.name === 'express') routes.patch(exports as ExpressExports, report);
    else if (typeof exports === 'function' && 'Route' in exports)
      routes.patch({ Router: exports, Route: exports.Route } as unknown as ExpressExports, report);
  },
  lateRoute: (request: IncomingMessage) => routes.lateRoute(request as ExpressRequest),
};

/** `use` takes handlers, in arrays or not, or a path before them. */
function isHandler(argument: unknown): boolean {
  return Array.isArray(argument) ? isHandler(argument.at(0)) : typeof argument === 'function';
}
