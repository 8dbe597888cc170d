/** Route names and their indexes: bounded, whatever clients send (DESIGN: one million distinct URLs must not grow memory). */

import { FewNames } from './few-names.ts';

const MAX_ROUTES = 500;
/** Of these at most so many are made of URLs: whoever tries many leaves room for the routes that there are. */
const MAX_URL_ROUTES = 250;
const MAX_NAME_LENGTH = 256;
/** Requests past the bound. */
export const OTHER_ROUTE = '(other)';
/** Requests that were answered 404 and that no framework routed. */
export const NOT_FOUND_ROUTE = '(not found)';
/** They have room even in a full table. */
const SHARED_ROUTES: ReadonlySet<string> = new Set([OTHER_ROUTE, NOT_FOUND_ROUTE]);

export class RouteTable {
  readonly #indexes = new Map<string, number>();
  /** method -> pattern -> index: saves building the name for each request. */
  readonly #byPattern = new Map<string, Map<string, number>>();
  /** Of URLs that nothing routed. */
  readonly #names = new FewNames();
  #urlRoutes = 0;
  #fresh: string[] = [];
  /** What was asked for last: a busy server is busy with few routes. */
  #lastMethod: string | undefined;
  #lastPattern: string | undefined;
  #lastIndex = 0;

  /** @returns the index of `METHOD pattern`, or of `(other)` when the table is full. */
  indexOf(method: string, pattern: string): number {
    const known = this.#known(method, pattern);
    if (known !== undefined) return known;
    const name = `${method} ${pattern}`;
    const index = this.indexOfName(name);
    // Names that were cut or overflowed are not remembered by pattern: many share an index, and that map must stay bounded as well.
    if (this.#indexes.get(name) === index) this.#remember(method, pattern, index);
    return index;
  }

  /** @param template of the URL of a request that no framework routed. */
  indexOfUrl(method: string, template: string): number {
    const known = this.#known(method, template);
    if (known !== undefined) return known;
    const pattern = this.#names.patternOf(template);
    if (this.#urlRoutes >= MAX_URL_ROUTES && !this.#indexes.has(cut(`${method} ${pattern}`)))
      return this.indexOfName(OTHER_ROUTE);
    const before = this.#indexes.size;
    const index = this.indexOf(method, pattern);
    this.#urlRoutes += this.#indexes.size - before;
    return index;
  }

  indexOfName(name: string): number {
    const short = cut(name);
    const known = this.#indexes.get(short);
    if (known !== undefined) return known;
    if (this.#indexes.size >= MAX_ROUTES && !SHARED_ROUTES.has(short)) return this.indexOfName(OTHER_ROUTE);
    const index = this.#indexes.size;
    this.#indexes.set(short, index);
    this.#fresh.push(short);
    return index;
  }

  /** @returns the names added since the last call, in order of index. */
  takeFresh(): string[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  #known(method: string, pattern: string): number | undefined {
    if (pattern === this.#lastPattern && method === this.#lastMethod) return this.#lastIndex;
    const known = this.#byPattern.get(method)?.get(pattern);
    if (known === undefined) return undefined;
    this.#lastMethod = method;
    this.#lastPattern = pattern;
    this.#lastIndex = known;
    return known;
  }

  #remember(method: string, pattern: string, index: number): void {
    const patterns = this.#byPattern.get(method);
    if (patterns) patterns.set(pattern, index);
    else this.#byPattern.set(method, new Map([[pattern, index]]));
  }
}

function cut(name: string): string {
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
}
