/** What a mounted router does not see: the part of the request's path that stands before it. */

/**
 * @param original the URL as the client sent it, with or without query.
 * @param rest the URL that the mounted router is given.
 * @returns `/api` for `/api/users/42` and `/users/42`; '' where `rest` is not the end of `original`.
 */
export function mountPrefix(original: string, rest: string): string {
  const full = withoutQuery(original);
  const seen = withoutQuery(rest);
  if (seen === '/') return full.endsWith('/') ? full.slice(0, -1) : full;
  return full.endsWith(seen) ? full.slice(0, full.length - seen.length) : '';
}

/** @returns `/api` before `/`, not `/api/`. */
export function joinPattern(prefix: string, pattern: string): string {
  if (prefix === '') return pattern;
  return pattern === '/' ? prefix : `${prefix}${pattern}`;
}

function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
