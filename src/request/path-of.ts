/** The path in the URL of a request line. */

/** @param url of a request line: origin form, or absolute form as proxies send it. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  if (path.startsWith('/')) return path;
  const absolute = /^[a-z][a-z+.-]*:\/\/[^/]*(\/.*)?$/i.exec(path);
  return absolute ? (absolute[1] ?? '/') : path;
}
