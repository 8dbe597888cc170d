/** Compiles the `ignore` option: path patterns in which `*` stands for any characters. */

import { pathOf } from './path-of.ts';

/** @returns whether the path of a request's URL matches one of the patterns. */
export function ignoreMatcher(patterns: readonly string[]): (url: string) => boolean {
  if (patterns.length === 0) return () => false;
  const globs = patterns.map((pattern) => pattern.split('*'));
  return (url) => {
    const path = pathOf(url);
    return globs.some((parts) => matches(path, parts));
  };
}

/**
 * Each part at its first place after the one before is right whenever any place is, so nothing is tried twice: a regular expression
 * would backtrack for seconds over a hostile URL.
 * @param parts what stands between the pattern's stars.
 */
function matches(path: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return path === first;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
