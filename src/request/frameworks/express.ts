/**
 * Express 4 and 5, and its router by itself. The matched route stays on the request, but `req.baseUrl` is put back on the way to an
 * error handler and holds the URL's text where a router is mounted on a pattern: so routes are noted when they are dispatched.
 */

import type { IncomingMessage } from 'node:http';
import type { FrameworkHook, ReportRoute } from './contract.ts';
import { ExpressMounts } from './express-mounts.ts';
import { alternativeChooser, alternatives, type ExpressRequest, isWildcard, joinPaths, type Next, type Router } from './express-paths.ts';
import { guarded, type HostFunction, observed, wrapMethod } from './observe.ts';

interface Route {
  readonly path?: unknown;
}

interface RouteFacts {
  readonly choose: (path: string) => unknown;
  /** A route that lets every request pass is middleware, unless it answers. */
  readonly isWildcard: boolean;
  /** Full patterns by those of the mounts around. */
  readonly byMount: Map<string, string>;
}

type UseRouter = (this: Router, ...args: unknown[]) => unknown;
type MakeRoute = (this: Router, path: unknown) => Route;
type AddParam = (this: Router, name: unknown, callback: unknown) => unknown;
type Dispatch = (this: Route, request: ExpressRequest, response: unknown, done: Next) => unknown;

const MAX_MOUNTS = 100;

class ExpressRoutes {
  readonly #mounts = new ExpressMounts();
  readonly #facts = new WeakMap<Route, RouteFacts>();
  /** Requests' routes that have been reported; kept only where `router.param` is used, whose callbacks run before a route. */
  readonly #reported = new WeakMap<object, Route>();
  /** Wildcard routes that passed the request on. */
  readonly #passed = new WeakMap<object, Route>();
  #hasParams = false;

  patch(exports: ExpressExports, report: ReportRoute): void {
    const router = typeof exports.Router?.use === 'function' ? exports.Router : exports.Router?.prototype;
    const route = exports.Route?.prototype;
    if (!router || !route) throw new TypeError('it has no Router or no Route');
    wrapMethod(router, 'use', (original: UseRouter) => this.#useWithMount(original));
    wrapMethod(router, 'route', (original: MakeRoute) => this.#routeWithFacts(original));
    wrapMethod(router, 'param', (original: AddParam) => this.#paramWithRoute(original, report));
    wrapMethod(route, 'dispatch', (original: Dispatch) => this.#dispatchWithRoute(original, report));
  }

  /** For requests that no dispatched route was noted for. */
  lateRoute(request: ExpressRequest): string | null {
    const { route } = request;
    if (route?.path !== undefined && this.#passed.get(request) !== route) return this.#patternOf(route, request);
    return this.#mounts.isBelowPattern(request) ? joinPaths(this.#mounts.patternOf(request), '*') : null;
  }

  #useWithMount(original: UseRouter): UseRouter {
    const add = guarded((router: Router, path: unknown, before: number) => this.#mounts.add(router, path, router.stack.slice(before)));
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
    const look = (request: ExpressRequest): void => {
      const { route } = request;
      if (route && this.#reported.get(request) !== route) this.#report(route, request, report);
    };
    const routes = this;
    return function paramWithRoute(name, callback) {
      routes.#hasParams = true;
      return Reflect.apply(original, this, [name, typeof callback === 'function' ? observed(callback as HostFunction, look) : callback]);
    };
  }

  #dispatchWithRoute(original: Dispatch, report: ReportRoute): Dispatch {
    const note = guarded((route: Route, request: ExpressRequest) => this.#report(route, request, report));
    const passOn = guarded((route: Route, request: ExpressRequest) => this.#passOn(route, request, report));
    const routes = this;
    return function dispatchWithRoute(request, response, done) {
      note(this, request);
      if (!routes.#facts.get(this)?.isWildcard) return Reflect.apply(original, this, [request, response, done]);
      const doneWithRoute: Next = (...args) => {
        if (!args[0] || args[0] === 'router') passOn(this, request);
        return Reflect.apply(done, undefined, args);
      };
      return Reflect.apply(original, this, [request, response, doneWithRoute]);
    };
  }

  #learn(router: Router, path: unknown, route: Route): RouteFacts {
    const facts = {
      choose: alternativeChooser(path, router, router.stack?.at(-1)),
      isWildcard: alternatives(path).some(isWildcard),
      byMount: new Map<string, string>(),
    };
    this.#facts.set(route, facts);
    return facts;
  }

  #report(route: Route, request: ExpressRequest, report: ReportRoute): void {
    if (this.#hasParams) this.#reported.set(request, route);
    report(this.#patternOf(route, request), request);
  }

  #passOn(route: Route, request: ExpressRequest, report: ReportRoute): void {
    this.#passed.set(request, route);
    report('', request);
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

type Methods = Record<string, HostFunction>;

interface ExpressExports {
  /** In Express 4 the methods are on the function itself. */
  readonly Router?: { readonly use?: unknown; readonly prototype?: Methods } & Methods;
  readonly Route?: { readonly prototype?: Methods };
}

const routes = new ExpressRoutes();

export const expressHook: FrameworkHook = {
  name: 'Express',
  modules: ['express', 'router'],
  patch(exports, report, module) {
    // The package `router` is the router itself, with its Route.
    if (module.name === 'express') routes.patch(exports as ExpressExports, report);
    else if (typeof exports === 'function' && 'Route' in exports) routes.patch({ Router: exports, Route: exports.Route } as unknown as ExpressExports, report);
  },
  lateRoute: (request: IncomingMessage) => routes.lateRoute(request as ExpressRequest),
};

/** `use` takes handlers, in arrays or not, or a path before them. */
function isHandler(argument: unknown): boolean {
  return Array.isArray(argument) ? isHandler(argument.at(0)) : typeof argument === 'function';
}
