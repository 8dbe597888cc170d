/** The environment: the only place that reads `process.env`, and what of it is ours. */

import type { Given, GivenOptions } from './given.ts';
import { addUnknownKey } from './given.ts';
import { OPTION_NAMES, OPTIONS } from './option-table.ts';
import type { ProblemList } from './problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'PROFILER_';

/** What Kubernetes sets in every container where a service is named `profiler`. */
const OF_KUBERNETES = /^PROFILER_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_\w+)?)$/;

/** Names the INI file; not an option itself. */
export const CONFIG_VARIABLE = 'PROFILER_CONFIG';

export function readEnvironment(): Environment {
  return process.env;
}

/** @returns `PROFILER_INTERVAL_MS` for `interval_ms`. */
export function environmentKey(key: string): string {
  return `${PREFIX}${key.toUpperCase()}`;
}

export function environmentOptions(environment: Environment, problems: ProblemList): GivenOptions {
  const given = new Map<string, Given>();
  // Names first: reading every value of process.env costs more than the rest of this function.
  const ours = Object.keys(environment).filter(
    (name) => name.startsWith(PREFIX) && name !== CONFIG_VARIABLE && !OF_KUBERNETES.test(name),
  );
  if (ours.length === 0) return given;

  const keys = new Map(OPTION_NAMES.map((name) => [environmentKey(OPTIONS[name].key), OPTIONS[name].key]));
  for (const name of ours) {
    const key = keys.get(name);
    if (key === undefined) {
      addUnknownKey(problems, { key: name }, name, [...keys.keys(), CONFIG_VARIABLE]);
      continue;
    }
    const text = environment[name]?.trim() ?? '';
    if (text !== '') given.set(key, { text, source: 'env', place: { key: name } });
  }
  return given;
}
