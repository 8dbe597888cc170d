/** Keeps `log_filename` and `cachegrind_filename` current: written beside, then renamed over, so that a reader never sees half a file. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Options } from '../config/options.ts';
import { findExporter } from '../export/index.ts';
import { selectRoutes } from '../profile/by-route.ts';
import type { Slice } from '../store/contract.ts';

/** A profile of many functions takes a while to encode: at most this often while the server runs. */
const PERIOD_MS = 10_000;

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
  }

  /** @param now whether to write even if the files were written a moment ago. */
  write(recorded: () => Slice, now: boolean): void {
    if (this.#files.length === 0 || (!now && Date.now() - this.#writtenAt < PERIOD_MS)) return;
    this.#writtenAt = Date.now();
    const slice = recorded();
    const profile = selectRoutes(slice.tree, null, slice.tree.requests);
    for (const { file, format } of this.#files) {
      const exporter = findExporter(format);
      if (exporter) this.#replace(file, exporter.encode(profile, { metric: 'cpu' }));
    }
  }

  /** The server stops: writes the last state, or with `flush_at_shutdown` deletes the accumulated profile, as repoze.profile does. */
  finish(recorded: () => Slice): void {
    this.write(recorded, true);
    const log = this.#files.find(({ format }) => format === 'pprof');
    if (this.#flushAtShutdown && log) rmSync(log.file, { force: true });
  }

  #replace(file: string, bytes: Uint8Array): void {
    const beside = `${file}.${process.pid}.tmp`;
    try {
      writeFileSync(beside, bytes);
      renameSync(beside, file);
    } catch (error) {
      rmSync(beside, { force: true });
      this.#onProblem(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
