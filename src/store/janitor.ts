/**
 * Keeps an app's folder small. Each process compacts its own segments; what nobody owns any more, and what is too old or too much, is
 * one process's to clear away at a time: whoever gets the lock.
 */

import type { Retention } from '../config/options.ts';
import { compact, planCompaction } from './compaction.ts';
import { type Files, modifiedMs, namesIn, reasonOf, removeIfThere, writerOfTemporary } from './files.ts';
import { ANCHORS, isAnchorName, readAnchor } from './locate-run.ts';
import { LOCK_FILE, tryLock } from './lock.ts';
import { Pace } from './pace.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { ClockWatch, expiredFiles, type KeptFile } from './retention.ts';
import { RunFolder, type RunListing } from './run-folder.ts';
import { recordName, type SegmentName } from './segment-name.ts';
import type { SegmentReader } from './segment-reader.ts';

/** In an app's folder, beside its runs; src/push clears it away itself. */
export const PUSH_FOLDER = 'push';
/** What was left behind is removed when it is older: before, its owner may not have said yet who it is. */
const ABANDONED_MS = 60_000;
/** Groups of a dead process's segments that are merged in one round: a whole history is compacted over several. */
const MAX_GROUPS = 50;

export interface JanitorOptions {
  readonly files: Files;
  readonly base: string;
  readonly app: string;
  readonly folder: RunFolder;
  readonly writer: string;
  readonly identity: ProcessIdentity;
  readonly retention: Retention;
  readonly reader: SegmentReader;
}

interface Kept extends KeptFile {
  readonly run: RunFolder;
  readonly name: string;
}

export class Janitor {
  readonly #options: JanitorOptions;
  readonly #clock = new ClockWatch();
  /** Segments never change: their sizes, by path. */
  #sizes = new Map<string, number>();
  #running: Promise<void> | undefined;
  #problems: string[] = [];
  #foreign: string[] = [];

  constructor(options: JanitorOptions) {
    this.#options = options;
  }

  get problems(): readonly string[] {
    const [example] = this.#foreign;
    return example === undefined
      ? this.#problems
      : [
          ...this.#problems,
          `${this.#foreign.length} files in the data folder are not the profiler's and were left alone: ${example}`,
        ];
  }

  /** Clears away once. Never rejects; a second call joins the first. */
  round(): Promise<void> {
    this.#running ??= this.#round()
      .then(
        () => {
          this.#problems = [];
        },
        (error: unknown) => {
          this.#problems = [`old recordings cannot be cleared away: ${reasonOf(error)}`];
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #round(): Promise<void> {
    const { files, base, app, folder, writer, identity } = this.#options;
    const listing = folder.list();
    // Left where removing them failed.
    folder.remove(listing.superseded.filter((segment) => segment.writer === writer).map(({ name }) => name));
    await this.#compactWriter(folder, listing, writer, Number.POSITIVE_INFINITY);
    const release = tryLock(files, `${base}/${app}`, identity, writer);
    if (!release) return;
    try {
      await this.#clearAway();
    } finally {
      release();
    }
  }

  async #clearAway(): Promise<void> {
    const { files, base, app } = this.#options;
    const pace = new Pace();
    const kept: Kept[] = [];
    const foreign: string[] = [];
    const sizes = new Map<string, number>();
    for (const name of namesIn(files, `${base}/${app}`)) {
      const run = new RunFolder(files, `${base}/${app}/${name}`);
      if (name === LOCK_FILE || name === PUSH_FOLDER) continue;
      if (run.run() === null) {
        // Else somebody may be making it.
        if (!this.#isAbandoned(run.path)) continue;
        if (writerOfTemporary(name) === null) foreign.push(run.path);
        else removeIfThere(files, run.path);
        continue;
      }
      const listing = await this.#tidy(run);
      foreign.push(...listing.foreign.map((each) => `${run.path}/${each}`));
      for (const segment of [...listing.segments.values()].flat()) {
        const path = `${run.path}/${segment.name}`;
        const bytes = this.#sizes.get(path) ?? sizeOf(files, path);
        sizes.set(path, bytes);
        kept.push({ path, bytes, to: segment.to, run, name: segment.name });
        await pace.step();
      }
      for (const { name } of listing.requests) {
        const path = `${run.path}/${name}`;
        kept.push({ path, bytes: sizeOf(files, path), to: modifiedMs(files, path) || 0, run, name });
      }
    }
    this.#sizes = sizes;
    this.#foreign = foreign;
    for (const { run, name } of expiredFiles(kept, this.#options.retention, Date.now(), this.#clock.isSteady())) {
      run.remove([name]);
      await pace.step();
    }
    this.#removeEmptyRuns(new Set(kept.map(({ run }) => run.path)));
    this.#removeAnchors();
  }

  /** Compacts and removes what the dead have left in a run. */
  async #tidy(run: RunFolder): Promise<RunListing> {
    const listing = run.list();
    const isDead = (writer: string): boolean => writer !== this.#options.writer && !run.isAlive(writer);
    const isAbandoned = (name: string): boolean => this.#isAbandoned(`${run.path}/${name}`);
    run.remove(listing.superseded.filter(({ writer }) => isDead(writer)).map(({ name }) => name));
    run.remove(
      listing.temporaries.filter(({ name, writer }) => isDead(writer) && isAbandoned(name)).map(({ name }) => name),
    );
    // Of a process that ended before it had anything to say.
    const silent = listing.records.filter((writer) => !listing.segments.has(writer) && isDead(writer)).map(recordName);
    run.remove(silent.filter(isAbandoned));
    // Without what they are examples of they say nothing.
    const bare = listing.requests.filter(({ writer }) => !listing.segments.has(writer) && isDead(writer));
    run.remove(bare.map(({ name }) => name).filter(isAbandoned));
    let merged = 0;
    for (const writer of listing.segments.keys())
      if (isDead(writer) && merged < MAX_GROUPS)
        merged += await this.#compactWriter(run, listing, writer, MAX_GROUPS - merged);
    return merged > 0 ? run.list() : listing;
  }

  /** @returns how many groups were merged. */
  async #compactWriter(run: RunFolder, listing: RunListing, writer: string, most: number): Promise<number> {
    const isLeftOut = ({ name }: SegmentName): boolean => this.#options.reader.isCorrupt(`${run.path}/${name}`);
    const groups = planCompaction(listing.segments.get(writer) ?? [], Date.now(), isLeftOut).slice(0, most);
    for (const group of groups) await compact(this.#options, run, group);
    return groups.length;
  }

  #isAbandoned(path: string): boolean {
    return Math.abs(Date.now() - modifiedMs(this.#options.files, path)) > ABANDONED_MS;
  }

  /** @param filled paths of runs that had segments a moment ago: what has just expired need not wait. */
  #removeEmptyRuns(filled: ReadonlySet<string>): void {
    const { files, base, app, folder } = this.#options;
    for (const name of namesIn(files, `${base}/${app}`)) {
      const run = new RunFolder(files, `${base}/${app}/${name}`);
      if (run.path === folder.path || run.run() === null) continue;
      const listing = run.list();
      const isUsed = listing.segments.size > 0 || listing.records.some((writer) => run.isAlive(writer));
      if (isUsed || !(filled.has(run.path) || this.#isAbandoned(run.path))) continue;
      run.remove(listing.records.map(recordName));
      run.remove([...listing.requests, ...listing.superseded].map((file) => file.name));
      run.removeIfEmpty();
    }
  }

  /** Those of runs that are gone or dead. */
  #removeAnchors(): void {
    const { files, base } = this.#options;
    for (const name of namesIn(files, `${base}/${ANCHORS}`)) {
      const file = `${base}/${ANCHORS}/${name}`;
      if (!(isAnchorName(name) || writerOfTemporary(name) !== null) || !this.#isAbandoned(file)) continue;
      const anchor = readAnchor(files, file);
      const run = anchor && new RunFolder(files, `${base}/${anchor.app}/${anchor.run}`);
      if (!run?.list().records.some((writer) => run.isAlive(writer))) removeIfThere(files, file);
    }
  }
}

function sizeOf(files: Files, file: string): number {
  try {
    return files.statSync(file).size;
  } catch {
    return 0;
  }
}
