/** Opens the store that the options ask for; where its folder cannot be used, one in memory that says why. */

import type { Options } from '../config/options.ts';
import type { Store } from './contract.ts';
import { DirectoryStore } from './directory-store.ts';
import { type Files, realFiles, reasonOf } from './files.ts';
import { checkParent, claimFolder, claimNamedFolder } from './folder.ts';
import { locateRun, type ProcessFacts } from './locate-run.ts';
import { MemoryRuns } from './memory-runs.ts';

export interface OpenOptions {
  readonly options: Pick<Options, 'dataDir' | 'retention' | 'intervalMs'>;
  readonly facts: ProcessFacts;
  /** The system's folder for temporary files, as the program sees it. */
  readonly temporaryDirectory: string;
  readonly files?: Files;
}

/** Never throws. */
export function openStore({ options, facts, temporaryDirectory, files = realFiles }: OpenOptions): Store {
  const { dataDir, retention, intervalMs } = options;
  if (dataDir === 'memory') return new MemoryRuns(facts, intervalMs, null);
  try {
    const base = claimBase(files, dataDir, temporaryDirectory);
    const located = locateRun(files, base, facts);
    return new DirectoryStore({ files, base, located, facts, retention, intervalMs });
  } catch (error) {
    return new MemoryRuns(facts, intervalMs, `recordings are kept in memory only: ${reasonOf(error)}`);
  }
}

function claimBase(files: Files, dataDir: string | undefined, temporaryDirectory: string): string {
  if (dataDir !== undefined) {
    claimNamedFolder(files, dataDir);
    return dataDir;
  }
  checkParent(files, temporaryDirectory);
  // The temporary folder is everybody's: each user has one of their own in it.
  const base = defaultFolder(temporaryDirectory);
  claimFolder(files, base);
  return base;
}

/** Where runs are kept unless `data_dir` says otherwise. */
export function defaultFolder(temporaryDirectory: string): string {
  return `${temporaryDirectory}/profiler-${process.getuid?.() ?? 'data'}`;
}
