/**
 * The slow requests of a run's processes: a file for each process, which it replaces when it keeps others. What it writes is little
 * beside what it records; what is large it writes less often.
 */

import type { RequestTimeline } from '../profile/kept-request.ts';
import type { RequestSource } from './contract.ts';
import { type Files, modifiedMs, writeWhole } from './files.ts';
import { Pace } from './pace.ts';
import { decodeRequests, encodeRequests } from './requests-file.ts';
import type { RunFolder } from './run-folder.ts';
import { pidOfWriter, requestsName } from './segment-name.ts';

/** Of the thread's time, at most. */
const MAX_SHARE = 0.02;

interface ReadFile {
  readonly modifiedMs: number;
  readonly requests: readonly RequestTimeline[];
}

export class RequestFiles {
  readonly #files: Files;
  readonly #writer: string;
  readonly #read = new Map<string, ReadFile>();
  readonly #damaged = new Set<string>();
  /** Of the source, when it was last written. */
  #changes = 0;
  #notBefore = 0;

  constructor(files: Files, writer: string) {
    this.#files = files;
    this.#writer = writer;
  }

  /** What cannot be read, for `status`. */
  get problems(): readonly string[] {
    const [example] = this.#damaged;
    return example === undefined
      ? []
      : [`${this.#damaged.size} damaged files of slow requests are left out: ${example}`];
  }

  /** @param isLast written even if the last time was a moment ago. @throws what the system says; then the next call tries again. */
  write(folder: RunFolder, generation: number, source: RequestSource, isLast: boolean): void {
    const began = performance.now();
    if (source.changes === this.#changes || (began < this.#notBefore && !isLast)) return;
    const { changes } = source;
    const name = requestsName(this.#writer, generation);
    writeWhole(this.#files, folder.path, name, encodeRequests(source.all()), { writer: this.#writer });
    this.#changes = changes;
    const ended = performance.now();
    this.#notBefore = ended + (ended - began) / MAX_SHARE;
  }

  /** The folder was made again, and nothing is in it. */
  forgetWritten(): void {
    this.#changes = 0;
    this.#notBefore = 0;
  }

  /**
   * @param process whose are wanted, undefined for everybody's.
   * @param but a writer whose are not read.
   * @throws where the folder cannot be read; a file that cannot be is left out
   */
  async read(folder: RunFolder, process: number | undefined, but: string | null): Promise<RequestTimeline[]> {
    const pace = new Pace();
    const found: RequestTimeline[] = [];
    for (const { name, writer } of folder.list().requests) {
      if (writer === but || (process !== undefined && pidOfWriter(writer) !== process)) continue;
      for (const request of this.#readFile(`${folder.path}/${name}`)) found.push(request);
      await pace.step();
    }
    return found;
  }

  /** Nobody looks. */
  drop(): void {
    this.#read.clear();
  }

  #readFile(file: string): readonly RequestTimeline[] {
    const modified = modifiedMs(this.#files, file);
    const known = this.#read.get(file);
    if (known && known.modifiedMs === modified) return known.requests;
    let bytes: Uint8Array;
    try {
      bytes = this.#files.readFileSync(file);
    } catch {
      // Removed since it was listed, or the system has no means left: the next question asks again.
      return [];
    }
    let requests: RequestTimeline[] = [];
    try {
      requests = decodeRequests(bytes);
      this.#damaged.delete(file);
    } catch {
      this.#damaged.add(file);
    }
    this.#read.set(file, { modifiedMs: modified, requests });
    return requests;
  }
}
