/**
 * `%(name)s` in a value, as Python's ConfigParser replaces it in Paste Deploy files: recursively, `%%` for a percent sign.
 * Other than there a percent sign alone stands for itself, because URLs and tokens hold them.
 */

import { shown } from './problem.ts';

// ConfigParser's own MAX_INTERPOLATION_DEPTH.
const MAX_DEPTH = 10;
// Ten levels of references to references could otherwise grow without end, in length or in time.
const MAX_REPLACEMENTS = 1000;
const MAX_VALUE_CHARS = 16_384;

/** @throws InterpolationError where the value cannot be had; its message is the end of a sentence about the value. */
export function interpolate(text: string, lookup: (name: string) => string | undefined): string {
  let replacements = 0;
  const expand = (value: string, depth: number): string => {
    if (value.length > MAX_VALUE_CHARS) throw new InterpolationError(`is longer than ${MAX_VALUE_CHARS} characters`);
    if (!value.includes('%')) return value;
    if (depth > MAX_DEPTH) throw new InterpolationError(`refers to itself, or through more than ${MAX_DEPTH} others`);
    let length = value.length;
    return value.replace(/%%|%\(([^()]{1,100})\)s/g, (_, name: string | undefined) => {
      if (name === undefined) return '%';
      replacements += 1;
      if (replacements > MAX_REPLACEMENTS) throw new InterpolationError(`has more than ${MAX_REPLACEMENTS} references`);
      const found = lookup(name);
      if (found === undefined) throw new InterpolationError(`refers to ${shown(name)}, which has no value`);
      const expanded = expand(found, depth + 1);
      length += expanded.length;
      if (length > MAX_VALUE_CHARS) throw new InterpolationError(`is longer than ${MAX_VALUE_CHARS} characters`);
      return expanded;
    });
  };
  return expand(text, 1);
}

export class InterpolationError extends Error {
  override readonly name = 'InterpolationError';
}
