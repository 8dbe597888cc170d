/** The timeline of a kept request as columns: functions, stacks and routes named once, rows in order of time. */

import { functionKey } from '../profile/function-key.ts';
import type { KeptRequest, RequestTimeline } from '../profile/kept-request.ts';
import type { FunctionInfo } from '../profile/profile.ts';

/** Rows of each kind; of more, the longest. */
const MAX_ROWS = 2000;

/** A stretch of a request's time; milliseconds since its start. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
  /** Outermost first. */
  readonly stack: readonly FunctionInfo[];
}

export interface OwnStretch extends Stretch {
  readonly cpuMs: number;
}

export interface OthersStretch extends Stretch {
  readonly route: string;
}

export type TimelineColumns = Omit<RequestTimeline, keyof KeptRequest>;

export function timelineColumns(
  own: readonly OwnStretch[],
  waits: readonly Stretch[],
  others: readonly OthersStretch[],
): TimelineColumns {
  const functions = new Numbered<FunctionInfo>(functionKey);
  const stacks = new Numbered<readonly number[]>((indices) => indices.join());
  const routes = new Numbered<string>((route) => route);
  const stackIndex = ({ stack }: Stretch): number => stacks.indexOf(stack.map((info) => functions.indexOf(info)));
  const [ownRows, waitRows, othersRows] = [longest(own), longest(waits), longest(others)];
  return {
    samples: {
      atMs: column(ownRows, ({ startMs }) => startMs),
      stack: column(ownRows, stackIndex),
      wallMs: column(ownRows, lengthOf),
      cpuMs: column(ownRows, ({ cpuMs }) => cpuMs),
    },
    waits: {
      startMs: column(waitRows, ({ startMs }) => startMs),
      endMs: column(waitRows, ({ endMs }) => endMs),
      stack: column(waitRows, stackIndex),
    },
    others: {
      atMs: column(othersRows, ({ startMs }) => startMs),
      stack: column(othersRows, stackIndex),
      wallMs: column(othersRows, lengthOf),
      route: column(othersRows, ({ route }) => routes.indexOf(route)),
    },
    functions: functions.values,
    stacks: stacks.values,
    routes: routes.values,
  };
}

/** Values by the order in which they were met. */
class Numbered<Value> {
  readonly values: Value[] = [];
  readonly #keyOf: (value: Value) => string;
  readonly #indices = new Map<string, number>();

  constructor(keyOf: (value: Value) => string) {
    this.#keyOf = keyOf;
  }

  indexOf(value: Value): number {
    const key = this.#keyOf(value);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.values.push(value) - 1;
    this.#indices.set(key, index);
    return index;
  }
}

function column<Row>(rows: readonly Row[], figureOf: (row: Row) => number): number[] {
  return rows.map(figureOf);
}

function lengthOf({ startMs, endMs }: Stretch): number {
  return endMs - startMs;
}

function longest<Row extends Stretch>(rows: readonly Row[]): readonly Row[] {
  const kept = rows.length <= MAX_ROWS ? rows : rows.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, MAX_ROWS);
  return kept.toSorted((a, b) => a.startMs - b.startMs);
}
