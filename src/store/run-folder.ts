/**
 * The folder of one run, and what its files mean. Every file is written by one process and named for it, so that nobody locks anything
 * to write; what is to be known about segments stands in their names (segment-name.ts).
 *
 *     run.meta                    the run: id, app, start
 *     WRITER.process.meta         a process or thread of it; its time of modification is the writer's last sign
 *     WRITER_….pb.gz              segments
 *     WRITER_G.requests.json.gz   the writer's slow requests
 *     look                        its time of modification is when somebody last wanted to see everything
 *     cleared-N                   the run was cleared for the N-th time: segments of earlier generations do not count
 */

import {
  codeOf,
  type Files,
  modifiedMs,
  namesIn,
  readRecord,
  removeIfThere,
  writerOfTemporary,
  writeWhole,
} from './files.ts';
import { claimFolder } from './folder.ts';
import { isAlive, type ProcessIdentity, parseIdentity } from './process-identity.ts';
import {
  parseRequestsName,
  parseSegmentName,
  type RequestsName,
  recordName,
  type SegmentName,
  withoutCovered,
  writerOfRecord,
} from './segment-name.ts';

/** JSON; but tools that restart a program when its files change look for that ending, and `data_dir` may lie beside the program. */
const RUN_FILE = 'run.meta';
const LOOK_FILE = 'look';
const CLEARED = /^cleared-(\d{1,9})$/;
const FORMAT = 1;

export interface RunRecord {
  readonly id: string;
  readonly app: string;
  readonly startedAt: number;
}

export interface ProcessRecord {
  readonly identity: ProcessIdentity;
  readonly thread: number;
  readonly title: string;
  readonly startedAt: number;
}

export interface RunListing {
  /** Those that count, of each writer in its order. */
  readonly segments: ReadonlyMap<string, readonly SegmentName[]>;
  /** Of each writer that has any, its slow requests. */
  readonly requests: readonly RequestsName[];
  /** What counts no more: of an earlier generation, or compacted. */
  readonly superseded: readonly { readonly name: string; readonly writer: string }[];
  /** Writers that said who they are. */
  readonly records: readonly string[];
  /** Files that somebody is writing, or was when it died. */
  readonly temporaries: readonly { readonly name: string; readonly writer: string }[];
  readonly generation: number;
  /** Names that mean nothing to us. */
  readonly foreign: readonly string[];
}

export class RunFolder {
  readonly path: string;
  readonly #files: Files;
  /** A writer never changes its record. */
  readonly #records = new Map<string, ProcessRecord>();

  constructor(files: Files, path: string) {
    this.#files = files;
    this.path = path;
  }

  /** Makes the folder, or makes it again. @throws what the system says */
  create(run: RunRecord, writer: string): void {
    claimFolder(this.#files, this.path);
    if (this.run() === null)
      writeWhole(this.#files, this.path, RUN_FILE, JSON.stringify({ format: FORMAT, ...run }), {
        writer,
        isDurable: true,
      });
  }

  /** @returns null where the folder holds no run of ours. */
  run(): RunRecord | null {
    const { format, id, app, startedAt } = readRecord(this.#files, `${this.path}/${RUN_FILE}`) ?? {};
    if (format !== FORMAT || typeof id !== 'string' || typeof app !== 'string' || typeof startedAt !== 'number')
      return null;
    return { id, app, startedAt };
  }

  join(writer: string, record: ProcessRecord): void {
    const text = JSON.stringify({ format: FORMAT, ...record });
    writeWhole(this.#files, this.path, recordName(writer), text, { writer, isDurable: true });
  }

  /** @throws where the folder cannot be read; one that is not there is empty. */
  list(): RunListing {
    const names = namesIn(this.#files, this.path);
    const generation = names.reduce((most, name) => Math.max(most, Number(CLEARED.exec(name)?.[1] ?? 0)), 0);
    const byWriter = new Map<string, SegmentName[]>();
    const superseded: { name: string; writer: string }[] = [];
    const requests: RequestsName[] = [];
    const records: string[] = [];
    const temporaries: { name: string; writer: string }[] = [];
    const foreign: string[] = [];
    for (const name of names) {
      const segment = parseSegmentName(name);
      const slow = parseRequestsName(name);
      const record = writerOfRecord(name);
      const writer = writerOfTemporary(name);
      const named = segment ?? slow;
      if (named && named.generation < generation) superseded.push(named);
      else if (segment) byWriter.set(segment.writer, [...(byWriter.get(segment.writer) ?? []), segment]);
      else if (slow) requests.push(slow);
      else if (record !== null) records.push(record);
      else if (writer !== null) temporaries.push({ name, writer });
      else if (name !== RUN_FILE && name !== LOOK_FILE && !CLEARED.test(name)) foreign.push(name);
    }
    const segments = new Map<string, readonly SegmentName[]>();
    for (const [writer, all] of byWriter) {
      const counting = withoutCovered(all);
      segments.set(writer, counting);
      if (counting.length < all.length) superseded.push(...all.filter((segment) => !counting.includes(segment)));
    }
    return { segments, requests, superseded, records, temporaries, generation, foreign };
  }

  /** @returns null where it cannot be read. */
  record(writer: string): ProcessRecord | null {
    const known = this.#records.get(writer);
    if (known) return known;
    const { identity, thread, title, startedAt } = readRecord(this.#files, `${this.path}/${recordName(writer)}`) ?? {};
    const process = parseIdentity(identity);
    if (!process || typeof thread !== 'number' || typeof title !== 'string' || typeof startedAt !== 'number')
      return null;
    const record = { identity: process, thread, title, startedAt };
    this.#records.set(writer, record);
    return record;
  }

  isAlive(writer: string): boolean {
    const record = this.record(writer);
    if (!record) return false;
    const lastSign = this.lastSign(writer);
    return !Number.isNaN(lastSign) && isAlive(this.#files, record.identity, Math.abs(Date.now() - lastSign));
  }

  /** When a writer last gave a sign, in milliseconds; NaN where it has left. */
  lastSign(writer: string): number {
    try {
      return this.#files.statSync(`${this.path}/${recordName(writer)}`).mtimeMs;
    } catch (error) {
      // Nobody is dead because this process has no descriptors left.
      return codeOf(error) === 'ENOENT' ? Number.NaN : Date.now();
    }
  }

  /** @param at a `look` that is answered with it. */
  giveSign(writer: string, at: number): void {
    touch(this.#files, `${this.path}/${recordName(writer)}`, at);
  }

  /** When somebody last wanted to see everything; NaN before. */
  lastLook(): number {
    return modifiedMs(this.#files, `${this.path}/${LOOK_FILE}`);
  }

  /** Asks all processes for what they have recorded. @throws what the system says */
  look(writer: string, at: number): void {
    try {
      touch(this.#files, `${this.path}/${LOOK_FILE}`, at);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      writeWhole(this.#files, this.path, LOOK_FILE, '', { writer });
      touch(this.#files, `${this.path}/${LOOK_FILE}`, at);
    }
  }

  /** From now on only segments of this generation count. @throws what the system says */
  markCleared(generation: number, writer: string): void {
    writeWhole(this.#files, this.path, `cleared-${generation}`, '', { writer });
  }

  remove(names: Iterable<string>): void {
    for (const name of names) removeIfThere(this.#files, `${this.path}/${name}`);
  }

  /** Removes the folder if nothing but what describes it is left: no segment, no process, no foreign file. @returns whether it is gone */
  removeIfEmpty(): boolean {
    const names = namesIn(this.#files, this.path);
    if (names.some((name) => name !== RUN_FILE && name !== LOOK_FILE && !CLEARED.test(name))) return false;
    this.remove(names);
    try {
      this.#files.rmdirSync(this.path);
      return true;
    } catch (error) {
      return codeOf(error) === 'ENOENT';
    }
  }
}

function touch(files: Files, file: string, at: number): void {
  files.utimesSync(file, at / 1000, at / 1000);
}
