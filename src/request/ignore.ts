/** Compiles the `ignore` option: path patterns in which `*` stands for any characters. */

import { pathOf } from './recorder.ts';

/** @returns whether the path of a request's URL matches one of the patterns. */
export function ignoreMatcher(patterns: readonly string[]): (url: string) => boolean {
  if (patterns.length === 0) return () => false;
  const alternatives = patterns.map((pattern) => pattern.split('*').map(escapeRegExp).join('.*'));
  const matcher = new RegExp(`^(?:${alternatives.join('|')})$`, 's');
  return (url) => matcher.test(pathOf(url));
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
