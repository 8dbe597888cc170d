/** Parsers of URL paths: where the UI is, and which requests are not profiled. */

const MAX_PATTERNS = 100;

// RFC 3986 pchar and "/": what a request line can hold and no client rewrites.
const PATH_CHARACTERS = /^[\w\-.~!$&'()*+,;=:@%/]+$/;

/** @returns the path with a leading slash and without a trailing one. */
export function parseUrlPath(text: string): string | undefined {
  const path = `/${text.replace(/^\//, '').replace(/\/$/, '')}`;
  if (path === '/' || !PATH_CHARACTERS.test(path)) return undefined;
  // Clients resolve dot segments before they ask, and proxies merge empty ones: such a path could never be reached.
  const segments = path.slice(1).split('/');
  return segments.some((segment) => segment === '' || segment === '.' || segment === '..') ? undefined : path;
}

/** @returns the patterns between commas or line ends, without empty and repeated ones. */
export function parseIgnore(text: string): readonly string[] | undefined {
  const patterns = new Set(text.split(/[,\n]/).map((pattern) => pattern.trim()));
  patterns.delete('');
  if (patterns.size > MAX_PATTERNS) return undefined;
  for (const pattern of patterns) {
    if (!/^[/*]/.test(pattern) || !PATH_CHARACTERS.test(pattern)) return undefined;
  }
  return [...patterns];
}
