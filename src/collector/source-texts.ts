/** The source of the functions in a profile: as its source map has it, else as it is on disk. */

import { statSync } from 'node:fs';
import { sep } from 'node:path';
import type { RunSummary } from '../store/contract.ts';
import { isFilePath, readText } from './read-text.ts';
import type { SourceMaps } from './source-maps.ts';

export interface SourceText {
  readonly text: string;
  readonly origin: 'map' | 'disk';
  /** The file was written after the run had begun: its lines may be others than those that ran. */
  readonly isChanged: boolean;
}

/** The message says why, for whoever asked. */
export class SourceUnreadable extends Error {}

const MAX_BYTES = 32 * 1024 * 1024;

export class SourceTexts {
  readonly #ownDirectory: string;
  readonly #maps: SourceMaps;

  constructor(host: { readonly ownDirectory: string }, maps: SourceMaps) {
    this.#ownDirectory = host.ownDirectory.endsWith(sep) ? host.ownDirectory : host.ownDirectory + sep;
    this.#maps = maps;
  }

  /**
   * @param file of a function that was recorded, never one that somebody only asks for.
   * @param run that recorded it.
   * @throws SourceUnreadable
   */
  async read(file: string, run: Pick<RunSummary, 'startedAt' | 'isCurrent'>): Promise<SourceText> {
    if (file.startsWith(this.#ownDirectory)) throw new SourceUnreadable('this is the profiler itself');
    const mapped = await this.#maps.content(file);
    if (mapped !== null) {
      // What Node.js holds is what this process runs, whatever became of its file.
      const isLoaded = mapped.from === null && run.isCurrent;
      return { text: mapped.text, origin: 'map', isChanged: !isLoaded && isWrittenSince(mapped.from ?? file, run) };
    }
    if (file.startsWith('node:'))
      throw new SourceUnreadable('this is in Node.js itself, which keeps its sources inside');
    if (!isFilePath(file)) throw new SourceUnreadable('its code came from no file, and no source map holds it');
    try {
      return { text: readText(file, MAX_BYTES), origin: 'disk', isChanged: isWrittenSince(file, run) };
    } catch (error) {
      throw new SourceUnreadable(`the file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function isWrittenSince(file: string, { startedAt }: Pick<RunSummary, 'startedAt'>): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && stats.mtimeMs > startedAt;
}
