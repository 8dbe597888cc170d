/** The paths that Express takes (strings, RegExps, arrays of both) as one text per request: the one that matched. */

import type { HostFunction } from './observe.ts';

/** What Express leaves on a request; `url` and `baseUrl` change on the way through mounted routers. */
export interface ExpressRequest {
  readonly url?: string;
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

export type Next = (error?: unknown) => unknown;

/** An entry of a router's stack: a path and what it leads to. */
export interface Layer {
  readonly constructor: new (path: unknown, options: object, handle: HostFunction) => Layer;
  match(path: string): unknown;
}

export interface Router {
  readonly stack: Layer[];
  readonly caseSensitive?: boolean | undefined;
  readonly strict?: boolean | undefined;
}

/** What makes a path more than its own text, in any version of path-to-regexp. */
const SPECIAL = /[:*?+(){}[\]\\|^$!]/;
/** Ends with `*`, `*rest`, `{*rest}`, `{/*rest}`, `(.*)`. */
const WILDCARD = /(?:\*\w*|\(\.\*\))\}?$/;

/** @param path as given to `use`, `get` and their like. @returns its alternatives. */
export function alternatives(path: unknown): unknown[] {
  return Array.isArray(path) ? path.flat(Number.POSITIVE_INFINITY) : [path];
}

/** @returns whether a URL that matches has the path itself in its place, but for its case. */
export function isLiteral(path: unknown): path is string {
  return typeof path === 'string' && !SPECIAL.test(path);
}

/** @returns whether every URL that begins as the path does matches: the paths of middleware are like that. */
export function isWildcard(path: unknown): boolean {
  return path instanceof RegExp ? /\.\*\)?\$?$/.test(path.source) : WILDCARD.test(String(path));
}

/** @returns whether a pattern is nothing but a wildcard: `*`, `/*`, `/*all`, `/{*all}`. */
export function isRootWildcard(pattern: string): boolean {
  return /^\/?(?:\*\w*|\{\*\w+\}|\(\.\*\))$/.test(pattern);
}

/**
 * @param base without a slash at the end.
 * @param path a string or RegExp as written; below a mount a RegExp stands in parentheses, `/files(/^\\/(\\d+)$/)`
 * @returns the paths one below the other, `/users` for `/users` and `/`.
 */
export function joinPaths(base: string, path: unknown): string {
  const text = String(path);
  if (text === '' || text === '/') return base || '/';
  if (base === '') return text;
  if (path instanceof RegExp) return `${base}(${text})`;
  return text.startsWith('/') ? base + text : `${base}/${text}`;
}

/** @returns a mount path as what further paths are joined to. */
export function asBase(above: string, path: unknown): string {
  if (path instanceof RegExp) return `${above}(${path})`;
  return joinPaths(above, path).replace(/\/$/, '');
}

/**
 * Tells which alternative of a path a request has matched.
 * @param layer any of the framework's: the choice is made by layers of the same class, since a layer can keep state of its last match
 * @returns a function from the part of a URL that matched to the alternative
 */
export function alternativeChooser(
  path: unknown,
  router: Router,
  layer: Layer | undefined,
): (matched: string) => unknown {
  const all = alternatives(path);
  if (all.length === 1) return () => all[0];
  const otherwise = all.join('|');
  if (!layer) return () => otherwise;
  const options = { sensitive: router.caseSensitive, strict: router.strict, end: true };
  const layers = all.map((each) => new layer.constructor(each, options, () => undefined));
  return (matched) => all[layers.findIndex((each) => Boolean(each.match(matched)))] ?? otherwise;
}
