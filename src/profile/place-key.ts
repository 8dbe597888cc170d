/** One text for a function's name and place: what makes it the same function in two profiles of the same code. */

import type { FunctionInfo } from './profile.ts';

/** The file's length in front, so that no name or path can be chosen to look like another function's key. */
export function placeKey({ name, file, line, column }: FunctionInfo): string {
  return `${line}:${column}:${file.length}:${file}${name}`;
}
