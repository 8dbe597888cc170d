/** What identifies a function: its name and where it begins. */

import type { FunctionInfo } from './profile.ts';

export type FunctionPlace = Pick<FunctionInfo, 'name' | 'file' | 'line' | 'column'>;

export function isSameFunction(a: FunctionPlace, b: FunctionPlace): boolean {
  return a.name === b.name && a.file === b.file && a.line === b.line && a.column === b.column;
}
