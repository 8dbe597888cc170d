/** pstats's way of writing a function. */

import { shortFile } from './display-name.ts';
import { printable } from './printable.ts';
import type { FunctionInfo } from './profile.ts';

/** `file:line(function)`, and `{function}` for what has no file. */
export function standardName({ name, file, line }: FunctionInfo, fulldirs: boolean): string {
  return printable(file === '' ? `{${name}}` : `${fulldirs ? file : shortFile(file)}:${line}(${name})`);
}
