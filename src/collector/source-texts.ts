/** The source of the functions in a profile: as its source map has it, else as it is on disk. */

import { statSync } from 'node:fs';
import { sep } from 'node:path';
import { isFilePath, readText } from './read-text.ts';
import type { SourceMaps } from './source-maps.ts';

export interface SourceText {
  readonly text: string;
  readonly origin: 'map' | 'disk';
  /** The file was written after the server had started: its lines may be others than those that ran. */
  readonly isChanged: boolean;
}

/** The message says why, for whoever asked. */
export class SourceUnreadable extends Error {}

const MAX_BYTES = 32 * 1024 * 1024;

export class SourceTexts {
  readonly #ownDirectory: string;
  readonly #startedAt: number;
  readonly #maps: SourceMaps;

  constructor(host: { readonly ownDirectory: string; readonly startedAt: number }, maps: SourceMaps) {
    this.#ownDirectory = host.ownDirectory.endsWith(sep) ? host.ownDirectory : host.ownDirectory + sep;
    this.#startedAt = host.startedAt;
    this.#maps = maps;
  }

  /** @param file of a function that was recorded, never one that somebody only asks for. @throws SourceUnreadable */
  async read(file: string): Promise<SourceText> {
    if (file.startsWith(this.#ownDirectory)) throw new SourceUnreadable('this is the profiler itself');
    const mapped = await this.#maps.content(file);
    if (mapped !== null) return { text: mapped, origin: 'map', isChanged: false };
    if (file.startsWith('node:'))
      throw new SourceUnreadable('this is in Node.js itself, which keeps its sources inside');
    if (!isFilePath(file)) throw new SourceUnreadable('its code came from no file, and no source map holds it');
    try {
      return { text: readText(file, MAX_BYTES), origin: 'disk', isChanged: statSync(file).mtimeMs > this.#startedAt };
    } catch (error) {
      throw new SourceUnreadable(`the file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
