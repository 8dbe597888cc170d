/** Reads segment files, and remembers the last ones it read, up to a bound. What cannot be read is said, and left alone. */

import { codeOf, type Files, reasonOf } from './files.ts';
import { KnownFunctions } from './known-functions.ts';
import { decodeSegment, type StoredSegment } from './segment-file.ts';
import { bytesOfTree } from './stored-tree.ts';

/** A day of four large processes. It is held while somebody looks, and then forgotten. */
const MAX_BYTES = 40 << 20;
const FIGURES_BYTES = 500;

/** Not to be read now: somebody removed it since the folder was listed, or the system has no means left. */
export const MISSING = 'missing';
export const CORRUPT = 'corrupt';

export class SegmentReader {
  readonly #files: Files;
  /** The one used last is the last. */
  readonly #kept = new Map<string, StoredSegment>();
  readonly #functions = new KnownFunctions();
  #bytes = 0;
  /** Files whose content is not what we write: they stay so. */
  readonly #corrupt = new Set<string>();
  #failure: string | null = null;

  constructor(files: Files) {
    this.#files = files;
  }

  /** Says that something besides a segment cannot be read at present, or, with null, that it can. */
  report(error: unknown): void {
    this.#failure = error === null ? null : reasonOf(error);
  }

  /** What cannot be read, for `status`. */
  get problems(): readonly string[] {
    const corrupt = [...this.#corrupt];
    return [
      ...(this.#failure === null ? [] : [`recordings cannot be read: ${this.#failure}`]),
      ...(corrupt.length === 0
        ? []
        : [`${corrupt.length} damaged files are left out of the profile: ${corrupt.slice(0, 3).join(', ')}`]),
    ];
  }

  isCorrupt(file: string): boolean {
    return this.#corrupt.has(file);
  }

  /** @param isKept whether it is likely to be asked for again. */
  read(file: string, isKept: boolean): StoredSegment | typeof MISSING | typeof CORRUPT {
    const known = this.#kept.get(file);
    if (known) {
      this.#kept.delete(file);
      this.#kept.set(file, known);
      return known;
    }
    if (this.#corrupt.has(file)) return CORRUPT;
    let bytes: Buffer;
    try {
      bytes = this.#files.readFileSync(file);
      this.#failure = null;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#failure = reasonOf(error);
      return MISSING;
    }
    try {
      const slice = decodeSegment(bytes, this.#functions);
      if (isKept) this.#keep(file, slice);
      return slice;
    } catch {
      this.#corrupt.add(file);
      return CORRUPT;
    }
  }

  /** Forgets what it remembers, but for what cannot be read. */
  drop(): void {
    this.#kept.clear();
    this.#functions.clear();
    this.#bytes = 0;
  }

  #keep(file: string, slice: StoredSegment): void {
    const bytes = bytesOf(slice);
    // One that displaces everything else is read again instead.
    if (bytes > MAX_BYTES / 8) return;
    this.#kept.set(file, slice);
    this.#bytes += bytes;
    for (const [oldest, dropped] of this.#kept) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytesOf(dropped);
    }
  }
}

/** Memory, about. */
function bytesOf({ tree, figures }: StoredSegment): number {
  return bytesOfTree(tree) + FIGURES_BYTES * figures.length;
}
