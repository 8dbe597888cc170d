/** A kept request's timeline as lanes of items side by side: what it ran, what it waited for, what others ran, and what nobody knows. */

import type { RequestTimeline } from '../../src/profile/kept-request.ts';

/** own: on the thread. wait: off it. others: what held the thread meanwhile. gap: none of these. */
export const LANE_KINDS = ['own', 'wait', 'others', 'gap'] as const;
export type LaneKind = (typeof LANE_KINDS)[number];

export interface TimelineItem {
  /** Unique in the timeline, and the same whenever it is opened. */
  readonly id: string;
  readonly kind: LaneKind;
  /** Milliseconds since the request's start. */
  readonly from: number;
  readonly to: number;
  /** Index into `stacks`; -1 for a gap. Of several that are merged, the one that took the most. */
  readonly stack: number;
  /** Index into `routes`, of what others ran; else -1. */
  readonly route: number;
  /** How many samples or waits it stands for. */
  readonly count: number;
  /** Time on a CPU, of own samples. */
  readonly cpuMs: number;
}

export interface Lane {
  readonly kind: LaneKind;
  readonly items: readonly TimelineItem[];
}

/** More waits at a time share the last lane. */
const MAX_WAIT_LANES = 8;
/** Items narrower than this share of the whole become one with their neighbours: a lane is bounded by pixels, not by samples. */
const LEAST_SHARE = 1 / 800;

type Piece = Omit<TimelineItem, 'id' | 'count'>;

export function timelineLanes(timeline: RequestTimeline): Lane[] {
  const least = timeline.durationMs * LEAST_SHARE;
  // What lies outside of the request altogether has no width in it.
  const own = ownPieces(timeline).filter(({ from, to }) => to > from);
  const others = otherPieces(timeline).filter(({ from, to }) => to > from);
  const waits = waitPieces(timeline);
  const gaps = gapsOf([...own, ...waits, ...others], timeline.durationMs).filter(({ from, to }) => to - from >= least);
  const lanes: readonly (readonly [LaneKind, readonly Piece[]])[] = [
    ['own', own],
    ...inLanes(waits).map((pieces) => ['wait', pieces] as const),
    ['others', others],
    ['gap', gaps],
  ];
  return lanes
    .filter(([, pieces]) => pieces.length > 0)
    .map(([kind, pieces], lane) => ({
      kind,
      items: merged(pieces, least).map((item, at) => ({ ...item, id: `${lane}.${at}` })),
    }));
}

function ownPieces({ samples: { atMs, stack, wallMs, cpuMs }, durationMs }: RequestTimeline): Piece[] {
  return Array.from({ length: atMs.length }, (_sample, at) => ({
    kind: 'own',
    ...stretch(atMs[at] ?? 0, wallMs[at] ?? 0, durationMs),
    stack: stack[at] ?? -1,
    route: -1,
    cpuMs: cpuMs[at] ?? 0,
  }));
}

function otherPieces({ others: { atMs, stack, wallMs, route }, durationMs }: RequestTimeline): Piece[] {
  return Array.from({ length: atMs.length }, (_sample, at) => ({
    kind: 'others',
    ...stretch(atMs[at] ?? 0, wallMs[at] ?? 0, durationMs),
    stack: stack[at] ?? -1,
    route: route[at] ?? -1,
    cpuMs: 0,
  }));
}

function waitPieces({ waits: { startMs, endMs, stack }, durationMs }: RequestTimeline): Piece[] {
  return Array.from({ length: startMs.length }, (_wait, at) => ({
    kind: 'wait' as const,
    from: within(startMs[at] ?? 0, durationMs),
    to: within(Math.max(startMs[at] ?? 0, endMs[at] ?? 0), durationMs),
    stack: stack[at] ?? -1,
    route: -1,
    cpuMs: 0,
  })).sort((a, b) => a.from - b.from || b.to - a.to);
}

function stretch(atMs: number, wallMs: number, durationMs: number): { readonly from: number; readonly to: number } {
  return { from: within(atMs, durationMs), to: within(atMs + wallMs, durationMs) };
}

function within(moment: number, durationMs: number): number {
  return Math.min(Math.max(moment, 0), durationMs);
}

/** Waits that overlap lie in lanes of their own: each takes the first lane that is free when it begins. */
function inLanes(waits: readonly Piece[]): Piece[][] {
  const lanes: Piece[][] = [];
  for (const wait of waits) {
    const free = lanes.find((lane) => (lane.at(-1)?.to ?? 0) <= wait.from);
    if (free) free.push(wait);
    else if (lanes.length < MAX_WAIT_LANES) lanes.push([wait]);
    else lanes.at(-1)?.push(wait);
  }
  return lanes;
}

/** Neighbours of the same stack are one item; so are those too narrow to be told apart. */
function merged(pieces: readonly Piece[], least: number): Omit<TimelineItem, 'id'>[] {
  const items: (Omit<TimelineItem, 'id'> & { readonly longest: number })[] = [];
  for (const piece of pieces) {
    const last = items.at(-1);
    const length = piece.to - piece.from;
    const isNear = last !== undefined && piece.from - last.to < least;
    const isSame = last !== undefined && last.stack === piece.stack && last.route === piece.route;
    const isNarrow = last !== undefined && length < least && last.to - last.from < least;
    if (!last || !isNear || !(piece.kind === 'wait' ? isNarrow : isSame || isNarrow)) {
      items.push({ ...piece, count: 1, longest: length });
      continue;
    }
    const isLonger = length > last.longest;
    items[items.length - 1] = {
      ...last,
      to: Math.max(last.to, piece.to),
      cpuMs: last.cpuMs + piece.cpuMs,
      count: last.count + 1,
      ...(isLonger ? { stack: piece.stack, route: piece.route, longest: length } : {}),
    };
  }
  return items.map(({ longest: _, ...item }) => item);
}

/** What of the whole none of the pieces covers. */
function gapsOf(pieces: readonly Piece[], durationMs: number): Piece[] {
  const gaps: Piece[] = [];
  const add = (from: number, to: number): void => {
    if (to > from) gaps.push({ kind: 'gap', from, to, stack: -1, route: -1, cpuMs: 0 });
  };
  let covered = 0;
  for (const { from, to } of [...pieces].sort((a, b) => a.from - b.from)) {
    add(covered, from);
    covered = Math.max(covered, to);
  }
  add(covered, durationMs);
  return gaps;
}

/** The item of a lane that lies nearest to a moment. */
export function nearestItem({ items }: Lane, moment: number): TimelineItem | undefined {
  let best: TimelineItem | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const distance = moment < item.from ? item.from - moment : Math.max(0, moment - item.to);
    if (distance >= least) continue;
    best = item;
    least = distance;
  }
  return best;
}
