/** Keeps `log_filename` and `cachegrind_filename` current: written beside, then renamed over, so that a reader never sees half a file. */

import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Options } from '../config/options.ts';
import { findExporter } from '../export/index.ts';
import type { Slice } from '../store/contract.ts';
import { exportSlice } from '../store/export-slice.ts';

/** A profile of many functions takes a while to encode: at most this often while the server runs. */
const PERIOD_MS = 10_000;
/** A file that is being written is younger; an older one was left by a server that was killed. */
const ABANDONED_MS = 60_000;

export class LogFiles {
  readonly #files: readonly { readonly file: string; readonly format: string }[];
  readonly #flushAtShutdown: boolean;
  readonly #onProblem: (problem: string) => void;
  #writtenAt = 0;

  constructor(options: Options, onProblem: (problem: string) => void) {
    this.#files = [
      { file: options.logFilename, format: 'pprof' },
      { file: options.cachegrindFilename, format: 'callgrind' },
    ].flatMap(({ file, format }) => (file === undefined ? [] : [{ file, format }]));
    this.#flushAtShutdown = options.flushAtShutdown;
    this.#onProblem = onProblem;
    for (const { file } of this.#files) removeAbandoned(file);
  }

  /** @param now whether to write even if the files were written a moment ago. */
  async write(recorded: () => Promise<Slice>, now: boolean): Promise<void> {
    if (this.#files.length === 0 || (!now && Date.now() - this.#writtenAt < PERIOD_MS)) return;
    this.#writtenAt = Date.now();
    const slice = await recorded();
    for (const { file, format } of this.#files) {
      const exporter = findExporter(format);
      if (exporter) this.#replace(file, exportSlice(exporter, slice, null, { metric: 'cpu' }));
    }
  }

  /** The server stops: writes the last state, or with `flush_at_shutdown` deletes the accumulated profile, as repoze.profile does. */
  async finish(recorded: () => Promise<Slice>): Promise<void> {
    await this.write(recorded, true);
    const log = this.#files.find(({ format }) => format === 'pprof');
    if (this.#flushAtShutdown && log) rmSync(log.file, { force: true });
  }

  #replace(file: string, bytes: Uint8Array): void {
    const beside = `${file}.${process.pid}-${threadId}.tmp`;
    try {
      writeFileSync(beside, bytes);
      renameSync(beside, file);
    } catch (error) {
      rmSync(beside, { force: true });
      this.#onProblem(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
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
