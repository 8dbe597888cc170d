/** How functions and files are written where people read them. */

import type { FunctionInfo } from './profile.ts';

const MODULES = 'node_modules/';

/** `express/lib/router.js` for a file in node_modules, `node:fs` as it is, else the last part of the path. */
export function shortFile(file: string): string {
  if (file.startsWith('node:')) return file;
  const path = file.replaceAll('\\', '/');
  const modules = path.lastIndexOf(MODULES);
  if (modules >= 0) return path.slice(modules + MODULES.length);
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `handle (express/lib/router.js:12)`, or the name alone where there is no file. */
export function functionLabel({ name, file, line }: FunctionInfo): string {
  if (file === '') return name;
  return line > 0 ? `${name} (${shortFile(file)}:${line})` : `${name} (${shortFile(file)})`;
}
