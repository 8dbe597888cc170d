/** One option as somebody wrote it, before it is parsed; and the check that such an option exists. */

import { nearestKey } from './nearest-key.ts';
import type { Place, ProblemList } from './problem.ts';
import { shown } from './problem.ts';

export interface Given {
  readonly text: string;
  readonly source: 'env' | 'ini';
  readonly place: Place;
}

/** By the option's key, `interval_ms`. Empty values are not in it: they are the same as none. */
export type GivenOptions = ReadonlyMap<string, Given>;

export function addUnknownKey(problems: ProblemList, place: Place, written: string, keys: readonly string[]): void {
  const accepted = keys.join(', ');
  const text = (): string => {
    const nearest = nearestKey(written, keys);
    const what = place.file === undefined ? 'environment variable' : 'key';
    return `unknown ${what} ${shown(written)}.${nearest ? ` Did you mean ${nearest}?` : ''} Accepted: ${accepted}`;
  };
  problems.add('PROFILER_E_CONFIG_KEY', place, text, accepted);
}
