/** Stores of programs that do not run. */

import type { Retention } from '../../src/config/options.ts';
import type { Store } from '../../src/store/contract.ts';
import type { ProcessFacts } from '../../src/store/locate-run.ts';
import { openStore } from '../../src/store/open-store.ts';

export const RETENTION: Retention = { ageMs: 7 * 86_400_000, bytes: 1024 ** 3 };
let started = 0;

export function factsOf(name: string): ProcessFacts {
  return {
    pid: process.pid,
    // Nobody's child: else two of these would be one run.
    parentPid: 0,
    thread: started++,
    title: name,
    startedAt: Date.now(),
    directory: `/srv/${name}`,
    script: `/srv/${name}/server.js`,
    starter: { kind: 'none' },
    newRun: `run-${Date.now()}-${started}`,
  };
}

export function openAt(base: string, name: string, retention: Retention): Store {
  return openStore({
    options: { dataDir: base, retention, intervalMs: 10 },
    facts: factsOf(name),
    temporaryDirectory: '/nowhere',
  });
}
