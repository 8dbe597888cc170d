/** Which section of an INI or Paste Deploy file is the profiler's, and what its entries say once references are replaced. */

import { dirname } from 'node:path';
import type { IniEntry, IniFile, IniSection } from './ini.ts';
import { interpolate } from './interpolate.ts';

export interface ProfilerSection {
  readonly name: string;
  /** A section for repoze.profile, in which its defaults hold. */
  readonly repoze: boolean;
  /** Only entries that can be options: Paste Deploy's own keys are left out, `get key = name` has become its reference. */
  readonly entries: readonly IniEntry[];
  /** @returns the entry's value, interpolated and without quotes around it. @throws InterpolationError */
  readonly valueOf: (entry: IniEntry) => string;
}

/**
 * Section `[profiler]`, else the first whose `use` is `egg:repoze.profile` or `egg:profiler`, with or without `#name`. That
 * may be the lines before the first header: published examples of repoze.profile have lost their header.
 * @param path absolute path of the file, for `%(here)s` and `%(__file__)s`.
 * @returns null where the file has no such section.
 */
export function profilerSection(file: IniFile, path: string): ProfilerSection | null {
  const section = file.sections.find(({ name }) => name === 'profiler') ?? file.sections.find(isForRepoze);
  if (!section) return null;
  const defaults = file.sections.find(({ name }) => name === 'DEFAULT');
  const variables = new Map([
    ['here', dirname(path)],
    ['__file__', path],
  ]);
  for (const { key, value } of [...(defaults?.entries ?? []), ...section.entries]) variables.set(key, value);

  return {
    name: section.name,
    repoze: isForRepoze(section),
    entries: section.entries.filter(({ key }) => !isPasteKey(key)).map(resolveGet),
    valueOf: ({ value }) => unquote(interpolate(value, (name) => variables.get(name))),
  };
}

function isForRepoze({ entries }: IniSection): boolean {
  return entries.some(({ key, value }) => key === 'use' && /^egg:(repoze\.profile|profiler)(#.*)?$/.test(value));
}

/** What paste.deploy.loadwsgi takes out of a section before the rest goes to the middleware. */
function isPasteKey(key: string): boolean {
  return /^(use|next|require|filter-with|set\s.*|paste\.\w+)$/.test(key);
}

/** `get path = profile_path` takes the value of [DEFAULT] by name. */
function resolveGet(entry: IniEntry): IniEntry {
  const name = /^get\s+(.+)$/.exec(entry.key)?.[1];
  return name === undefined ? entry : { ...entry, key: name, value: `%(${entry.value})s` };
}

/** Python takes quotes as part of the value; nobody names a file or a token with a quote at both ends. */
function unquote(value: string): string {
  return /^"[^"]*"$|^'[^']*'$/.test(value) ? value.slice(1, -1) : value;
}
