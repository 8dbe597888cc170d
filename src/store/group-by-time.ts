/** Divides what was recorded into parts of about the same length of time. Pure. */

interface Timed {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/**
 * What overlaps, as the recordings of several processes do, comes to lie in the same part.
 * @returns at most so many groups, in order of time; none is empty
 */
export function groupByTime<Piece extends Timed>(pieces: readonly Piece[], most: number): Piece[][] {
  // A piece without length counts all the same, so that there is no division by zero.
  const length = ({ from, to }: Timed): number => Math.max(1, to - from);
  const total = pieces.reduce((sum, piece) => sum + length(piece), 0);
  const groups = new Map<number, Piece[]>();
  let before = 0;
  for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
    const index = Math.floor(((before + length(piece) / 2) / total) * most);
    const group = groups.get(index) ?? [];
    groups.set(index, group);
    group.push(piece);
    before += length(piece);
  }
  return [...groups.values()];
}
