/** Searching functions by name or file: plain text as it is, `/re/i` as a regular expression. */

import type { Column, FunctionInfo, Profile } from '../../src/profile/profile.ts';

/** @returns null for an empty search; 'invalid' for a regular expression that is none (yet, while it is typed) */
export function searchTest(text: string): ((info: FunctionInfo) => boolean) | null | 'invalid' {
  if (text.trim() === '') return null;
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/.exec(text) ?? [];
  if (source !== undefined) {
    try {
      const expression = new RegExp(source, flags);
      return ({ name, file }) => expression.test(name) || expression.test(file);
    } catch {
      return 'invalid';
    }
  }
  const wanted = text.toLowerCase();
  return ({ name, file }) => name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted);
}

/** Per function 1 or 0; null where nothing is searched for. */
export function matchFunctions(functions: readonly FunctionInfo[], text: string): Uint8Array | null {
  const test = searchTest(text);
  if (test === null) return null;
  return Uint8Array.from(functions, (info) => (test !== 'invalid' && test(info) ? 1 : 0));
}

/** Sum of a column over all stacks that contain a match; each counts once. */
export function matchedSum({ nodes }: Profile, matches: Uint8Array, column: Column): number {
  const isBelow = new Uint8Array(nodes.parent.length);
  let sum = 0;
  for (let node = 1; node < isBelow.length; node++) {
    if (isBelow[nodes.parent[node] ?? 0] === 1 || matches[nodes.function[node] ?? -1] === 1) {
      isBelow[node] = 1;
      sum += column[node] ?? 0;
    }
  }
  return sum;
}
