/**
 * Keeps runs in a folder: every process of a run writes what it records there, and reads what all of them have written. While the folder
 * cannot be written, what could not be is kept in memory, summed up, and written as soon as it can be.
 */

import type { Retention } from '../config/options.ts';
import type { RequestTimeline } from '../profile/kept-request.ts';
import type { RequestSource, RunRequests, RunSummary, Selection, Slice, Store } from './contract.ts';
import { deleteRun } from './delete-run.ts';
import { codeOf, type Files, namesIn, reasonOf, writeWhole } from './files.ts';
import { claimFolder } from './folder.ts';
import { Janitor, PUSH_FOLDER } from './janitor.ts';
import { enterRun, type LocatedRun, type ProcessFacts } from './locate-run.ts';
import { Peers } from './peers.ts';
import { RequestFiles } from './request-files.ts';
import { requestsWithin } from './requests-within.ts';
import { RunFolder } from './run-folder.ts';
import { RunReader } from './run-reader.ts';
import { summaryOf, summaryOfProcess } from './run-summary.ts';
import { encodeSegment } from './segment-file.ts';
import { segmentName } from './segment-name.ts';
import { SegmentReader } from './segment-reader.ts';
import { emptySlice, isEmptySlice, mergeSlices } from './slices.ts';

/** The first time old recordings are cleared away, and from then on. */
const FIRST_ROUND_MS = 5000;
const ROUND_MS = 60_000;
/** So much of the bound on size may be written before it is looked at again. */
const UNCHECKED_SHARE = 0.01;
/** What was read is forgotten when nobody has asked for so long. */
const FORGET_MS = 60_000;

export interface DirectoryStoreOptions {
  readonly files: Files;
  readonly base: string;
  readonly located: LocatedRun;
  readonly facts: ProcessFacts;
  readonly retention: Retention;
  readonly intervalMs: number;
}

export class DirectoryStore implements Store {
  readonly run: string;
  readonly folder: string;
  readonly pushFolder: string;
  readonly #options: DirectoryStoreOptions;
  readonly #own: RunFolder;
  readonly #writer: string;
  readonly #segments: SegmentReader;
  readonly #reader: RunReader;
  readonly #requestFiles: RequestFiles;
  readonly #janitor: Janitor;
  readonly #peers: Peers;
  readonly #routes = new Set<string>();
  #generation: number;
  #next = 0;
  /** What could not be written yet, null mostly. */
  #unwritten: Slice | null = null;
  #failure: string | null = null;
  #appended = 0;
  #writtenBytes = 0;
  #nextRound = performance.now() + FIRST_ROUND_MS;
  #lastQuery = 0;
  #hasEnded = false;
  #slow: RequestSource | undefined;

  constructor(options: DirectoryStoreOptions) {
    const { files, base, located, retention } = options;
    this.#options = options;
    this.run = located.id;
    this.folder = located.folder.path;
    this.pushFolder = `${base}/${located.app}/${PUSH_FOLDER}`;
    this.#own = located.folder;
    this.#writer = located.writer;
    this.#generation = this.#own.list().generation;
    this.#segments = new SegmentReader(files);
    this.#reader = new RunReader(this.#segments);
    this.#requestFiles = new RequestFiles(files, this.#writer);
    this.#janitor = new Janitor({ ...located, files, base, retention, reader: this.#segments });
    this.#peers = new Peers(this.#own, this.#writer, () => this.#tick());
  }

  get routeCount(): number {
    return this.#routes.size;
  }

  get problems(): readonly string[] {
    const failures = this.#failure === null ? [] : [this.#failure];
    return [...failures, ...[this.#segments, this.#requestFiles, this.#janitor].flatMap(({ problems }) => problems)];
  }

  append(slice: Slice): void {
    if (this.#hasEnded) return;
    this.#appended++;
    for (const route of slice.figures.keys()) this.#routes.add(route);
    if (!isEmptySlice(slice)) this.#unwritten = this.#unwritten ? mergeSlices([this.#unwritten, slice]) : slice;
    try {
      this.#write();
      this.#writeRequests(false);
      this.#own.giveSign(this.#writer, slice.to);
      this.#failure = null;
    } catch (error) {
      this.#failure = `recordings cannot be written, and are kept in memory meanwhile: ${reasonOf(error)}`;
    }
    // Small bounds are reached between two rounds.
    if (this.#writtenBytes > this.#options.retention.bytes * UNCHECKED_SHARE) this.#nextRound = 0;
  }

  async query(selection: Selection = {}): Promise<Slice> {
    const { run, folder, unwritten } = this.#lookUp(selection);
    const start = selection.from ?? this.#options.facts.startedAt;
    const nothing = emptySlice(run, this.#options.intervalMs, start, Math.max(start, selection.to ?? start));
    const slice = folder && (await this.#reader.sum(folder, run, selection, unwritten));
    return !slice || slice.to === 0 ? nothing : slice;
  }

  async requests(selection: Selection): Promise<readonly RequestTimeline[]> {
    const { folder, isOwn } = this.#lookUp(selection);
    if (!folder) return [];
    const own = isOwn ? (this.#slow?.all() ?? []) : [];
    const others = await this.#requestFiles.read(folder, selection.process, this.#writer).catch((error: unknown) => {
      this.#segments.report(error);
      return [];
    });
    return requestsWithin([...own, ...others], selection.from, selection.to);
  }

  async slices(selection: Selection, most: number): Promise<Slice[]> {
    const { run, folder, unwritten } = this.#lookUp(selection);
    return folder ? this.#reader.slices(folder, run, selection, unwritten, most) : [];
  }

  async clear(): Promise<void> {
    const { generation } = this.#own.list();
    this.#own.markCleared(generation + 1, this.#writer);
    this.#forget(generation + 1);
    const listing = this.#own.list();
    this.#own.remove(listing.superseded.map(({ name }) => name));
    await this.gather();
  }

  runs(): readonly RunSummary[] {
    return this.#runNames()
      .map((name) => this.findRun(name))
      .filter((run) => run !== undefined)
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  findRun(id: string | undefined): RunSummary | undefined {
    const folder = id === undefined || id === this.run ? this.#own : this.#folderOf(id);
    const record = folder?.run();
    try {
      if (folder && record) return summaryOf(folder, record, record.id === this.run);
    } catch (error) {
      this.#segments.report(error);
    }
    if (folder !== this.#own) return undefined;
    // The folder is gone or cannot be read; this process still knows of itself.
    return summaryOfProcess(this.run, this.#options.facts, 0);
  }

  revision(): string {
    const unwritten = this.#unwritten?.to ?? '';
    try {
      const { segments, generation } = this.#own.list();
      const ends = [...segments].map(([writer, all]) => `${writer}:${all.at(-1)?.last}`);
      return [generation, unwritten, ...ends.sort()].join(' ');
    } catch (error) {
      this.#segments.report(error);
      return `? ${this.#appended}`;
    }
  }

  async gather(): Promise<void> {
    try {
      await this.#peers.gather();
    } catch (error) {
      this.#failure = `the run's other processes cannot be asked: ${reasonOf(error)}`;
    }
  }

  start(requests: RunRequests): void {
    this.#slow = requests.slow;
    this.#peers.start((each) => this.#answer(each), requests);
  }

  /** @throws what the system says */
  end(isForgotten: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#peers.end();
    if (isForgotten) deleteRun(this.#own, this.#writer);
    else this.#writeRequests(true);
  }

  #lookUp({ run = this.run, process = this.#options.facts.pid }: Selection) {
    this.#lastQuery = performance.now();
    const isOwn = run === this.run && process === this.#options.facts.pid;
    const folder = run === this.run ? this.#own : this.#folderOf(run);
    return { run, folder, isOwn, unwritten: (): Slice | null => (isOwn ? this.#unwritten : null) };
  }

  async #answer(requests: RunRequests): Promise<boolean> {
    const { generation } = this.#own.list();
    if (generation > this.#generation) {
      await requests.clear();
      this.#forget(generation);
    }
    const before = this.#appended;
    await requests.look();
    return this.#appended > before && this.#unwritten === null;
  }

  #write(): void {
    const slice = this.#unwritten;
    if (!slice) return;
    const { files, facts } = this.#options;
    const bytes = encodeSegment({ ...slice, tree: { ...slice.tree, run: this.run } }, facts.pid);
    const { name } = segmentName({
      writer: this.#writer,
      generation: this.#generation,
      first: this.#next,
      last: this.#next,
      from: slice.from,
      to: slice.to,
      requests: slice.tree.requests,
    });
    const write = (): void => writeWhole(files, this.folder, name, bytes, { writer: this.#writer });
    try {
      write();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      this.#makeAgain();
      write();
    }
    this.#next++;
    this.#unwritten = null;
    this.#writtenBytes += bytes.length;
  }

  #writeRequests(isLast: boolean): void {
    if (this.#slow) this.#requestFiles.write(this.#own, this.#generation, this.#slow, isLast);
  }

  /** Somebody deleted the folder, such as what tidies up the system's temporary files. */
  #makeAgain(): void {
    const { files, base, located, facts } = this.#options;
    claimFolder(files, base);
    claimFolder(files, `${base}/${located.app}`);
    enterRun(located, facts);
    this.#requestFiles.forgetWritten();
    this.#generation = this.#own.list().generation;
  }

  #forget(generation: number): void {
    this.#generation = generation;
    this.#unwritten = null;
    this.#routes.clear();
  }

  #tick(): void {
    const now = performance.now();
    if (this.#lastQuery > 0 && now - this.#lastQuery > FORGET_MS) {
      this.#lastQuery = 0;
      this.#segments.drop();
      this.#reader.drop();
      this.#requestFiles.drop();
    }
    if (now < this.#nextRound) return;
    this.#nextRound = now + ROUND_MS;
    this.#writtenBytes = 0;
    void this.#janitor.round();
  }

  #runNames(): readonly string[] {
    try {
      const { files, base, located } = this.#options;
      return namesIn(files, `${base}/${located.app}`);
    } catch (error) {
      // What this process knows itself is left.
      this.#segments.report(error);
      return [this.run];
    }
  }

  /** No path is made of what somebody asks for: it is looked for among what is there. */
  #folderOf(run: string): RunFolder | undefined {
    const { files, base, located } = this.#options;
    const name = this.#runNames().find((each) => each === run);
    return name === undefined ? undefined : new RunFolder(files, `${base}/${located.app}/${name}`);
  }
}
