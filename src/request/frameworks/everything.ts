/**
 * Names requests that a route for everything answers: a single-page application's index, or a renderer that has routes of its own. They are told apart by the first part of their
 * path, while those are few.
 */

import { pathOf } from '../path-of.ts';
import { urlTemplate } from '../url-template.ts';
import type { ExpressRequest } from './express-paths.ts';

/** Past this they are one route: what comes first in a path is data. */
const MAX_FIRST = 50;

export class Everything {
  readonly #known = new Set<string>();

  /** @returns `/product/*`, `/cart`, or the route's own pattern. */
  patternOf({ originalUrl = '' }: ExpressRequest, pattern: string): string {
    const [, first = '', ...rest] = urlTemplate(pathOf(originalUrl)).split('/');
    const name = rest.length > 0 ? `/${first}/*` : `/${first}`;
    if (this.#known.has(name)) return name;
    if (this.#known.size >= MAX_FIRST) return pattern;
    this.#known.add(name);
    return name;
  }
}
