/** What tells functions apart wherever figures of one function come together. */

import type { FunctionInfo } from './profile.ts';

type Place = Pick<FunctionInfo, 'name' | 'file' | 'line' | 'column'>;

export function functionKey({ name, file, line, column }: Place): string {
  return `${line}:${column}:${file.length}:${file}${name}`;
}
