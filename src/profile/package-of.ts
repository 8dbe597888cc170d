/** The npm package that a script belongs to, by its path. */

const FOLDER = 'node_modules';
const SEPARATED = `${FOLDER}/`;

/**
 * The name behind the innermost node_modules, undefined outside of any. That is right for nested installations and for pnpm, where a file's real path is
 * `node_modules/.pnpm/@scope+name@1.0.0/node_modules/@scope/name/index.js`.
 *
 * @param file a path or a file: URL, of any platform.
 */
export function packageOf(file: string): string | undefined {
  if (!file.includes(FOLDER)) return undefined;
  const path = file.replaceAll('\\', '/');
  for (let end = path.length; end >= 0; ) {
    const start = path.lastIndexOf(SEPARATED, end);
    if (start < 0) return undefined;
    const [first = '', second = ''] = path
      .slice(start + SEPARATED.length, start + SEPARATED.length + 256)
      .split('/', 2);
    const isWholeSegment = start === 0 || path[start - 1] === '/';
    // `.pnpm`, `.bin`, `.cache` are no packages; what counts is the node_modules around them, if any.
    if (isWholeSegment && first !== '' && !first.startsWith('.')) {
      return first.startsWith('@') && second !== '' ? `${first}/${second}` : first;
    }
    end = start - 1;
  }
  return undefined;
}
