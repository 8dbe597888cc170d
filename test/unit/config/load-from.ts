/** Loads options from an INI text and variables instead of the disk and the environment of the test. */

import type { LoadedOptions } from '../../../src/config/load.ts';
import { loadOptions } from '../../../src/config/load.ts';

export const CWD = '/srv/app';

/** @param ini text of /srv/app/profiler.ini; without it there is no file at all. */
export function loadFrom(ini?: string, env: Record<string, string> = {}): LoadedOptions {
  return loadOptions({
    env,
    cwd: CWD,
    readFile: (path) => {
      if (ini !== undefined && path === `${CWD}/profiler.ini`) return ini;
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    },
  });
}

export function messagesOf({ problems }: LoadedOptions): readonly string[] {
  return problems.map(({ message }) => message);
}
