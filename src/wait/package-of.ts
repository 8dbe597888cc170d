/** The package that a script belongs to, by its path; undefined for the application's own. */

const INNERMOST_PACKAGE = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/s;

/** @param file a path or a file: URL. */
export function packageOf(file: string): string | undefined {
  if (!file.includes('node_modules')) return undefined;
  return INNERMOST_PACKAGE.exec(file)?.[1]?.replace('\\', '/');
}
