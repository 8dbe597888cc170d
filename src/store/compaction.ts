/**
 * Merges old segments of one writer into coarser ones, a bucket of time at a time. The coarser file is complete and on the disk before
 * the finer ones go, and until they are gone they do not count beside it: at no moment is anything missing or counted twice.
 */

import type { Slice } from './contract.ts';
import { type Files, syncFolder, writeWhole } from './files.ts';
import { Pace } from './pace.ts';
import type { RunFolder } from './run-folder.ts';
import { encodeSegment } from './segment-file.ts';
import { pidOfWriter, type SegmentName, segmentName } from './segment-name.ts';
import { CORRUPT, MISSING, type SegmentReader } from './segment-reader.ts';
import { SliceSum } from './slice-sum.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a segment is kept as it was written, and how wide the buckets of older ones are; the coarsest first. */
const LEVELS = [
  { olderThanMs: 12 * HOUR_MS, widthMs: 6 * HOUR_MS },
  { olderThanMs: 2 * HOUR_MS, widthMs: HOUR_MS },
  { olderThanMs: 30 * MINUTE_MS, widthMs: 10 * MINUTE_MS },
  { olderThanMs: 10 * MINUTE_MS, widthMs: MINUTE_MS },
  // A comparison of two runs of a few minutes needs slices to see how much they vary.
  { olderThanMs: MINUTE_MS, widthMs: MINUTE_MS / 4 },
] as const;

/**
 * @param segments of one writer, in their order.
 * @param isLeftOut of a damaged segment: it stays as it is, and nothing is merged across it.
 * @returns groups of at least two, each to become one
 */
export function planCompaction(
  segments: readonly SegmentName[],
  now: number,
  isLeftOut: (segment: SegmentName) => boolean,
): SegmentName[][] {
  const groups: SegmentName[][] = [];
  let group: SegmentName[] = [];
  let current: string | null = null;
  for (const segment of segments) {
    const bucket = isLeftOut(segment) ? null : bucketOf(segment, now);
    if (bucket === null || bucket !== current) group = [];
    if (bucket !== null) group.push(segment);
    if (group.length === 2) groups.push(group);
    current = bucket;
  }
  return groups;
}

/** @returns null for one that stays as it is: too young, or from a clock that was ahead. */
function bucketOf({ from, to }: SegmentName, now: number): string | null {
  for (const { olderThanMs, widthMs } of LEVELS) {
    const bucket = Math.floor(from / widthMs);
    if (Math.max(to, (bucket + 1) * widthMs) <= now - olderThanMs) return `${widthMs} ${bucket}`;
  }
  return null;
}

export interface Compacting {
  readonly files: Files;
  readonly reader: SegmentReader;
  /** Who compacts: not always whose segments they are. */
  readonly writer: string;
}

/** @returns whether it could; not when one of them went away meanwhile, or cannot be read. @throws what the system says */
export async function compact(
  { files, reader, writer }: Compacting,
  folder: RunFolder,
  group: readonly SegmentName[],
): Promise<boolean> {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) return false;
  const pace = new Pace();
  const sum = new SliceSum();
  for (const segment of group) {
    const slice = reader.read(`${folder.path}/${segment.name}`, false);
    if (slice === MISSING || slice === CORRUPT) return false;
    sum.addStored(slice);
    await pace.step();
  }
  const slice: Slice = sum.build(folder.run()?.id ?? '');
  const name = segmentName({
    writer: first.writer,
    generation: first.generation,
    first: first.first,
    last: last.last,
    from: slice.from,
    to: slice.to,
    requests: group.reduce((requests, segment) => requests + segment.requests, 0),
  });
  writeWhole(files, folder.path, name.name, encodeSegment(slice, pidOfWriter(first.writer)), {
    writer,
    isDurable: true,
  });
  syncFolder(files, folder.path);
  folder.remove(group.map((segment) => segment.name));
  return true;
}
