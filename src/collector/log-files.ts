/** Keeps `log_filename` and `cachegrind_filename` current: written beside, then renamed over, so that a reader never sees half a file. */

import { accessSync, constants, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Options } from '../config/options.ts';
import { findExporter } from '../export/index.ts';
import type { Slice } from '../store/contract.ts';
import { exportSlice } from '../store/export-slice.ts';
import { reasonOf } from '../store/files.ts';
import { findReplaceable, removeReplaceable, replaceFile } from './replace-file.ts';

/** A profile of many functions takes a while to encode: at most this often while the server runs. */
const PERIOD_MS = 10_000;
/** A file that is being written is younger; an older one was left by a server that was killed. */
const ABANDONED_MS = 60_000;

export class LogFiles {
  readonly #files: readonly { readonly file: string; readonly format: string }[];
  readonly #flushAtShutdown: boolean;
  readonly #say: (problem: string) => void;
  /** Why a file is not what it should be, by file. */
  readonly #failures = new Map<string, string>();
  #writtenAt = 0;

  /** @param say called once when a file becomes one that cannot be written, if it is so from the start, at once. */
  constructor(options: Options, say: (problem: string) => void) {
    this.#files = [
      { file: options.logFilename, format: 'pprof' },
      { file: options.cachegrindFilename, format: 'callgrind' },
    ].flatMap(({ file, format }) => (file === undefined ? [] : [{ file, format }]));
    this.#flushAtShutdown = options.flushAtShutdown;
    this.#say = say;
    for (const { file } of this.#files) {
      this.#try(file, () => {
        const { path } = findReplaceable(file);
        accessSync(dirname(path), constants.W_OK);
        removeAbandoned(path);
      });
    }
  }

  /** As things stand: one whose reason has gone is gone. */
  get problems(): readonly string[] {
    return [...this.#failures.values()];
  }

  /** @param now whether to write even if the files were written a moment ago. */
  async write(recorded: () => Promise<Slice>, now: boolean): Promise<void> {
    if (this.#files.length === 0 || (!now && Date.now() - this.#writtenAt < PERIOD_MS)) return;
    this.#writtenAt = Date.now();
    const slice = await recorded();
    for (const { file, format } of this.#files) {
      const exporter = findExporter(format);
      if (!exporter) continue;
      const bytes = exportSlice(exporter, slice, null, { metric: 'cpu' });
      this.#try(file, () => replaceFile(file, bytes));
    }
  }

  /** The server stops: writes the last state, or with `flush_at_shutdown` deletes the accumulated profile, as repoze.profile does. */
  async finish(recorded: () => Promise<Slice>): Promise<void> {
    await this.write(recorded, true);
    const log = this.#files.find(({ format }) => format === 'pprof');
    if (this.#flushAtShutdown && log) this.#try(log.file, () => removeReplaceable(log.file));
  }

  #try(file: string, use: () => void): void {
    try {
      use();
      this.#failures.delete(file);
    } catch (error) {
      const problem = `${file} cannot be written: ${reasonOf(error)}`;
      const isNew = !this.#failures.has(file);
      this.#failures.set(file, problem);
      if (isNew) this.#say(problem);
    }
  }
}

/** Removes what servers that were killed while they wrote left beside a file. */
function removeAbandoned(file: string): void {
  const folder = dirname(file);
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(`${basename(file)}.`) || !/^\.\d+-\d+\.tmp$/.test(name.slice(basename(file).length)))
        continue;
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > ABANDONED_MS) rmSync(path, { force: true });
    }
  } catch {
    // A folder that cannot be read is said when the file is written.
  }
}
