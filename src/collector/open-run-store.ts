/** Opens the store that this process's options ask for. */

import type { Store } from '../store/contract.ts';
import { openStore } from '../store/open-store.ts';
import type { CollectorData } from './protocol.ts';

/** @param say tells the user. */
export function openRunStore({ options, host }: CollectorData, say: (text: string) => void): Store {
  const { run: newRun, cwd: directory, temporaryDirectory } = host;
  const store = openStore({ options, facts: { ...host, newRun, directory }, temporaryDirectory });
  // Who names a folder is told at once that it is not used; the default one goes without saying.
  if (options.dataDir !== undefined) for (const problem of store.problems) say(problem);
  return store;
}
