/**
 * Names of segment files. A name says whose, how much, and of when a segment is, so that listing a folder is reading its index:
 *
 *     p4711-mk2v9x1c-0_0_12-35_1763888400000-1763888460000_480.pb.gz
 *     writer           | first-last | from-to in ms      requests
 *                      generation: how often the run had been cleared
 */

export interface SegmentName {
  readonly name: string;
  /** Process, its start, thread. */
  readonly writer: string;
  readonly generation: number;
  /** The writer counts its segments; a compacted one stands for all from first to last. */
  readonly first: number;
  readonly last: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly requests: number;
}

const NAME =
  /^(p(\d{1,10})-[0-9a-z]{1,12}-\d{1,9})_(\d{1,9})_(\d{1,9})-(\d{1,9})_(\d{1,15})-(\d{1,15})_(\d{1,15})\.pb\.gz$/;
const WRITER = /^p(\d{1,10})-[0-9a-z]{1,12}-\d{1,9}$/;
const RECORD_ENDING = '.process.meta';
const REQUESTS_ENDING = '.requests.json.gz';

export function writerName(pid: number, startedAt: number, thread: number): string {
  return `p${pid}-${Math.max(0, Math.round(startedAt)).toString(36)}-${thread}`;
}

/** @returns 0 for what is no writer. */
export function pidOfWriter(writer: string): number {
  return Number(WRITER.exec(writer)?.[1] ?? 0);
}

/** The file in which a writer says who it is. */
export function recordName(writer: string): string {
  return writer + RECORD_ENDING;
}

export interface RequestsName {
  readonly name: string;
  readonly writer: string;
  readonly generation: number;
}

/** The file of a writer's slow requests. */
export function requestsName(writer: string, generation: number): string {
  return `${writer}_${generation}${REQUESTS_ENDING}`;
}

/** @returns null for any other file. */
export function parseRequestsName(name: string): RequestsName | null {
  const [, writer = '', generation = ''] = /^(.+)_(\d{1,9})\.requests\.json\.gz$/.exec(name) ?? [];
  return WRITER.test(writer) ? { name, writer, generation: Number(generation) } : null;
}

/** @returns null for any other file. */
export function writerOfRecord(name: string): string | null {
  const writer = name.endsWith(RECORD_ENDING) ? name.slice(0, -RECORD_ENDING.length) : '';
  return WRITER.test(writer) ? writer : null;
}

export function segmentName(parts: Omit<SegmentName, 'name'>): SegmentName {
  const from = Math.max(0, Math.round(parts.from));
  const to = Math.max(from, Math.round(parts.to));
  const { writer, generation, first, last, requests } = parts;
  return {
    ...parts,
    from,
    to,
    name: `${writer}_${generation}_${first}-${last}_${from}-${to}_${requests}.pb.gz`,
  };
}

/** @returns null for a file that is no segment. */
export function parseSegmentName(name: string): SegmentName | null {
  const match = NAME.exec(name);
  if (!match) return null;
  const [, writer = '', , ...numbers] = match;
  const [generation = 0, first = 0, last = 0, from = 0, to = 0, requests = 0] = numbers.map(Number);
  return first <= last && from <= to ? { name, writer, generation, first, last, from, to, requests } : null;
}

/**
 * Of one writer's files those that count, in their order: between the renaming of a compacted file and the removal of what it was made
 * of, both are there.
 */
export function withoutCovered(segments: readonly SegmentName[]): SegmentName[] {
  const sorted = segments.toSorted((a, b) => a.first - b.first || b.last - a.last);
  let reached = -1;
  return sorted.filter((segment) => {
    if (segment.first <= reached) return false;
    reached = segment.last;
    return true;
  });
}
