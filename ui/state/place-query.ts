/** A function as the API's parameters. */

import type { FunctionInfo } from '../../src/profile/profile.ts';

export function placeQuery(info: Pick<FunctionInfo, 'name' | 'file' | 'line' | 'column'>): string {
  const { name, file, line, column } = info;
  return new URLSearchParams({ name, file, line: String(line), column: String(column) }).toString();
}
