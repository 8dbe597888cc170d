/** How an option's default is written, for messages and documentation. */

import type { Option } from './options.ts';

/** @returns null where the option is unset by default, or empty. */
export function defaultText(option: Pick<Option<unknown>, 'default' | 'writtenDefault'>): string | null {
  const value = option.default;
  if (option.writtenDefault !== undefined) return option.writtenDefault;
  return value === undefined || typeof value === 'object' ? null : String(value);
}
