/**
 * The mount paths that an Express request has gone through, as they were written. `req.baseUrl` has what the URL held in their place:
 * for literal paths the same text, so nothing is kept per request until some router is mounted on a pattern.
 */

import {
  alternativeChooser,
  alternatives,
  asBase,
  type ExpressRequest,
  isLiteral,
  type Layer,
  type Next,
  type Router,
} from './express-paths.ts';
import { guarded, lookAlike } from './observe.ts';

type HandleLayer = (this: Layer, request: ExpressRequest, response: unknown, next: Next) => unknown;

/** The mounts that a request is below. */
interface Place {
  readonly baseUrl: string;
  readonly pattern: string;
}

const TOP: Place = { baseUrl: '', pattern: '' };
const MAX_CACHED = 1000;

export class ExpressMounts {
  readonly #places = new WeakMap<object, Place>();
  /** Segments of literal paths as written, by their lower case: routers do not mind how a URL spells them. */
  readonly #spellings = new Map<string, string>();
  readonly #spelled = new Map<string, string>();
  #followsPlaces = false;

  /** Prepares the layers that `use` has just added to a router. */
  add(router: Router, path: unknown, layers: readonly Layer[]): void {
    const paths = alternatives(path);
    if (paths.every((each) => each === '/' || each === '')) return;
    const literal = paths.filter(isLiteral);
    for (const segment of literal.flatMap((each) => each.split('/'))) this.#learn(segment);
    if (literal.length < paths.length) this.#followsPlaces = true;
    for (const layer of layers) this.#follow(layer, alternativeChooser(path, router, layer));
  }

  /** @returns the pattern of the mounts that the request is below, without a slash at the end, '' when there are none. */
  patternOf(request: ExpressRequest): string {
    const { baseUrl } = request;
    // An application that has put the whole URL back has its routes' whole paths below the mount.
    if (!baseUrl || request.url === request.originalUrl) return '';
    const place = this.#followsPlaces ? this.#places.get(request) : undefined;
    return place?.baseUrl === baseUrl ? place.pattern : this.#spell(baseUrl);
  }

  /** @returns whether the request is below a path that is a pattern. */
  isBelowPattern(request: ExpressRequest): boolean {
    const place = this.#places.get(request);
    return place !== undefined && place.baseUrl.toLowerCase() !== place.pattern.toLowerCase();
  }

  #follow(layer: Layer, choose: (matched: string) => unknown): void {
    const methods = layer as unknown as Record<string, HandleLayer | undefined>;
    const name = methods['handleRequest'] ? 'handleRequest' : 'handle_request';
    const inherited = methods[name];
    if (!inherited) throw new TypeError('its layers cannot handle requests');
    const mounts = this;
    const enter = guarded((request: ExpressRequest) => mounts.#enter(request, choose));
    const handleBelowMount: HandleLayer = function handleBelowMount(request, response, next) {
      const above = mounts.#followsPlaces ? enter(request) : undefined;
      return Reflect.apply(inherited, this, [
        request,
        response,
        above ? mounts.#leaveOnNext(request, above, next) : next,
      ]);
    };
    // Hidden, and on this layer only: `layer.handle`, which applications look for and replace, stays what it is.
    Object.defineProperty(layer, name, {
      value: lookAlike(handleBelowMount, inherited),
      writable: true,
      configurable: true,
    });
  }

  /** @returns where the request was. */
  #enter(request: ExpressRequest, choose: (matched: string) => unknown): Place {
    const before = this.#places.get(request) ?? TOP;
    const { baseUrl = '' } = request;
    const above = baseUrl.startsWith(before.baseUrl) ? before : TOP;
    const matched = baseUrl.slice(above.baseUrl.length);
    // A path such as `/*splat` may have matched nothing.
    const pattern = matched === '' ? above.pattern : asBase(above.pattern, choose(matched));
    this.#places.set(request, { baseUrl, pattern });
    return before;
  }

  /** The name and the length of the router's own `next`, without the cost of setting them for each request. */
  #leaveOnNext(request: ExpressRequest, above: Place, nextInRouter: Next): Next {
    const places = this.#places;
    return function next(error) {
      places.set(request, above);
      return nextInRouter(error);
    };
  }

  #learn(segment: string): void {
    const key = segment.toLowerCase();
    if (this.#spellings.has(key)) this.#spellings.set(segment, segment);
    else this.#spellings.set(key, segment);
    this.#spelled.clear();
  }

  #spell(baseUrl: string): string {
    const known = this.#spelled.get(baseUrl);
    if (known !== undefined) return known;
    const segments = baseUrl
      .split('/')
      .map((segment) => this.#spellings.get(segment) ?? this.#spellings.get(segment.toLowerCase()) ?? segment);
    const spelled = segments.join('/');
    if (this.#spelled.size >= MAX_CACHED) this.#spelled.clear();
    this.#spelled.set(baseUrl, spelled);
    return spelled;
  }
}
