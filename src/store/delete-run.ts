/** Removes what a process has recorded in a run; with the last of its processes the run. */

import type { RunFolder } from './run-folder.ts';
import { recordName } from './segment-name.ts';

/** @throws what the system says */
export function deleteRun(folder: RunFolder, ownWriter: string): void {
  const listing = folder.list();
  const others = listing.records.filter((writer) => writer !== ownWriter);
  const isLast = !others.some((writer) => folder.isAlive(writer));
  const isGoing = (writer: string): boolean => isLast || writer === ownWriter;
  const segments = [...listing.segments.values()].flat();
  for (const files of [segments, listing.requests, listing.superseded, listing.temporaries])
    folder.remove(files.filter(({ writer }) => isGoing(writer)).map(({ name }) => name));
  folder.remove(listing.records.filter(isGoing).map(recordName));
  if (isLast) folder.removeIfEmpty();
}
