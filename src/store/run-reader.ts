/**
 * Sums what is selected of a run. The sum of a whole run, or of one of its processes, is remembered and only added to while somebody
 * looks, so that an answer costs what is new in it.
 */

import type { Selection, Slice } from './contract.ts';
import { groupByTime } from './group-by-time.ts';
import { Pace } from './pace.ts';
import type { RunFolder } from './run-folder.ts';
import { pidOfWriter, type SegmentName } from './segment-name.ts';
import { CORRUPT, MISSING, type SegmentReader } from './segment-reader.ts';
import { SliceSum } from './slice-sum.ts';
import { emptySlice } from './slices.ts';

/** Everybody's, and one process's beside it. */
const MAX_SUMS = 2;
/** Compaction can take files away between listing and reading. */
const MAX_TRIES = 4;

/** What a sum has of one writer. */
interface Covered {
  readonly first: number;
  readonly last: number;
  readonly generation: number;
}

interface KnownSum {
  readonly sum: SliceSum;
  readonly covered: Map<string, Covered>;
}

export class RunReader {
  readonly #reader: SegmentReader;
  /** The one used last is the last. */
  readonly #sums = new Map<string, KnownSum>();
  /** One at a time: they share sums. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(reader: SegmentReader) {
    this.#reader = reader;
  }

  /**
   * @param unwritten what this process has recorded and not written, null if nothing or if it is not selected.
   * @returns what is known of it where the folder cannot be read, which is reported
   */
  sum(folder: RunFolder, run: string, selection: Selection, unwritten: () => Slice | null): Promise<Slice> {
    return this.#inTurn(async () => {
      if (selection.from === undefined && selection.to === undefined)
        return this.#whole(folder, run, selection.process, unwritten);
      const [sum] = await this.#slices(folder, run, selection, unwritten, 1);
      return sum ?? emptySlice(run, 0, 0, 0);
    });
  }

  /** The same in at most so many slices of time. */
  slices(
    folder: RunFolder,
    run: string,
    selection: Selection,
    unwritten: () => Slice | null,
    most: number,
  ): Promise<Slice[]> {
    return this.#inTurn(() => this.#slices(folder, run, selection, unwritten, most));
  }

  /** Forgets the sums: nobody looks. */
  drop(): void {
    this.#sums.clear();
  }

  #inTurn<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#reading.then(read);
    this.#reading = answer.catch(() => undefined);
    return answer;
  }

  async #slices(
    folder: RunFolder,
    run: string,
    { process, from = 0, to = Number.POSITIVE_INFINITY }: Selection,
    unwritten: () => Slice | null,
    most: number,
  ): Promise<Slice[]> {
    const isInside = (slice: { readonly from: number; readonly to: number }): boolean =>
      slice.to > from && slice.from < to;
    const pace = new Pace();
    for (let tries = 1; ; tries++) {
      const sums: SliceSum[] = [];
      let isComplete = true;
      const writers = this.#selected(folder, process);
      const added = unwritten();
      for (const group of groupByTime((writers ?? []).flat().filter(isInside), most)) {
        const sum = new SliceSum();
        for (const segment of group) {
          const slice = this.#reader.read(`${folder.path}/${segment.name}`, true);
          if (slice === MISSING) isComplete = false;
          else if (slice !== CORRUPT) sum.addStored(slice);
          await pace.step();
        }
        if (!sum.isEmpty) sums.push(sum);
      }
      if (!isComplete && tries < MAX_TRIES) continue;
      if (!added || !isInside(added)) return sums.map((sum) => sum.build(run));
      // The newest of all.
      const last = sums.pop() ?? new SliceSum();
      return [...sums.map((sum) => sum.build(run)), last.build(run, added)];
    }
  }

  async #whole(
    folder: RunFolder,
    run: string,
    process: number | undefined,
    unwritten: () => Slice | null,
  ): Promise<Slice> {
    const key = `${folder.path} ${process ?? ''}`;
    const pace = new Pace();
    for (let tries = 1; ; tries++) {
      let known = this.#sums.get(key);
      const writers = this.#selected(folder, process);
      const added = unwritten();
      if (!writers) return (known?.sum ?? new SliceSum()).build(run, added);
      if (!known || !continues(known.covered, writers)) known = { sum: new SliceSum(), covered: new Map() };
      this.#remember(key, known);
      let isComplete = true;
      for (const segments of writers) {
        for (const segment of segments) {
          const covered = known.covered.get(segment.writer);
          if (covered && segment.last <= covered.last) continue;
          const slice = this.#reader.read(`${folder.path}/${segment.name}`, true);
          // What comes after it is left for the next try, so that what is covered has no holes.
          if (slice === MISSING) isComplete = false;
          if (slice === MISSING) break;
          if (slice !== CORRUPT) known.sum.addStored(slice);
          known.covered.set(segment.writer, {
            first: covered?.first ?? segment.first,
            last: segment.last,
            generation: segment.generation,
          });
          await pace.step();
        }
      }
      if (isComplete || tries === MAX_TRIES) return known.sum.build(run, added);
    }
  }

  /** Of each writer that is selected its segments, in their order; null where that cannot be read, which is reported. */
  #selected(folder: RunFolder, process: number | undefined): (readonly SegmentName[])[] | null {
    try {
      return [...folder.list().segments]
        .filter(([writer]) => process === undefined || pidOfWriter(writer) === process)
        .map(([, segments]) => segments);
    } catch (error) {
      this.#reader.report(error);
      return null;
    }
  }

  #remember(key: string, known: KnownSum): void {
    this.#sums.delete(key);
    this.#sums.set(key, known);
    for (const oldest of this.#sums.keys()) {
      if (this.#sums.size <= MAX_SUMS) return;
      this.#sums.delete(oldest);
    }
  }
}

/** Whether a sum can be added to: nothing of it was removed, and nothing was compacted together with what it does not have. */
function continues(covered: ReadonlyMap<string, Covered>, writers: readonly (readonly SegmentName[])[]): boolean {
  const now = new Map(writers.map((segments) => [segments[0]?.writer, segments]));
  return [...covered].every(([writer, { first, last, generation }]) => {
    const segments = now.get(writer) ?? [];
    return (
      segments[0]?.first === first &&
      segments.every((segment) => segment.generation === generation && (segment.first > last || segment.last <= last))
    );
  });
}
