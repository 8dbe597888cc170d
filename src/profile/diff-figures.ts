/** One side of a comparison as columns: per matched function its time, its samples, and its time slice by slice. */

import { placeKey } from './place-key.ts';
import type { Column, Metric, Profile } from './profile.ts';
import { sumByKey } from './stats.ts';
import { metricColumn, sumColumn } from './totals.ts';

/** One side of a comparison. */
export interface DiffSide {
  readonly profile: Profile;
  /** The same in slices of time, as far as they are known: they say how much the figures vary by themselves. */
  readonly slices: readonly Profile[];
}

/** Of one function, on one side. */
export interface DiffFigures {
  readonly samples: number;
  readonly selfNs: number;
  readonly totalNs: number;
}

interface Figure {
  readonly ns: number;
  /** Of that, outside of JavaScript: the kernel, V8's runtime, garbage collection. */
  readonly nativeNs: number;
  readonly samples: number;
  readonly slices: readonly number[];
}

export interface SideFigures {
  /** Requests, or all nanoseconds where shares are compared. */
  readonly exposure: number;
  readonly sliceExposures: readonly number[];
  /** All nanoseconds of each slice. */
  readonly sliceTotals: readonly number[];
  rowOf(row: number): DiffFigures;
  /** @param kind `all` is the sum of all functions, whatever the row. */
  figure(kind: 'self' | 'total' | 'all', row: number): Figure;
}

/**
 * @param rowOfFunction per function of the side's profile, which row it belongs to.
 * @param unit what the figures are in proportion to.
 */
export function figuresOf(
  { profile, slices }: DiffSide,
  rowOfFunction: Int32Array,
  rows: number,
  metric: Metric,
  unit: 'request' | 'share',
): SideFigures {
  const rowByPlace = new Map(profile.functions.map((info, index) => [placeKey(info), rowOfFunction[index] ?? -1]));
  const whole = sumsOf(profile, rowByPlace, rows, metric);
  const parts = slices.map((slice) => sumsOf(slice, rowByPlace, rows, metric));
  const exposureOf = ({ requests }: Profile, sums: Sums): number => (unit === 'request' ? requests : sums.all.ns);
  return {
    exposure: Math.max(exposureOf(profile, whole), Number.MIN_VALUE),
    sliceExposures: slices.map((slice, index) => exposureOf(slice, parts[index] ?? whole)),
    sliceTotals: parts.map((part) => part.all.ns),
    rowOf: (row) => ({
      samples: whole.counts.self[row] ?? 0,
      selfNs: whole.times.self[row] ?? 0,
      totalNs: whole.times.total[row] ?? 0,
    }),
    figure: (kind, row) => {
      if (kind === 'all') return { ...whole.all, slices: parts.map((part) => part.all.ns) };
      return {
        ns: whole.times[kind][row] ?? 0,
        nativeNs: whole.native[kind][row] ?? 0,
        samples: whole.counts[kind][row] ?? 0,
        slices: parts.map((part) => part.times[kind][row] ?? 0),
      };
    },
  };
}

interface Sums {
  readonly times: ReturnType<typeof sumByKey>;
  readonly counts: ReturnType<typeof sumByKey>;
  readonly native: ReturnType<typeof sumByKey>;
  readonly all: Omit<Figure, 'slices'>;
}

function sumsOf(
  { nodes, functions }: Profile,
  rowByPlace: ReadonlyMap<string, number>,
  rows: number,
  metric: Metric,
): Sums {
  const rowOf = functions.map((info) => rowByPlace.get(placeKey(info)) ?? -1);
  const keys = Int32Array.from({ length: nodes.function.length }, (_, node) => rowOf[nodes.function[node] ?? -1] ?? -1);
  const [times, counts] = [metricColumn(nodes.self, metric), countColumn(nodes.self, metric)];
  const isNative = functions.map(({ category }) => category === 'native' || category === 'gc');
  const native = Float64Array.from(times, (ns, node) => (isNative[nodes.function[node] ?? -1] ? ns : 0));
  return {
    times: sumByKey(nodes, keys, rows, times),
    counts: sumByKey(nodes, keys, rows, counts),
    native: sumByKey(nodes, keys, rows, native),
    all: { ns: sumColumn(times), nativeNs: sumColumn(native), samples: sumColumn(counts) },
  };
}

/** What was counted to get the metric's time: samples on the thread, traced operations off it. */
function countColumn(self: Profile['nodes']['self'], metric: Metric): Column {
  switch (metric) {
    case 'cpu':
      return self.samples;
    case 'wait':
      return self.waits;
    case 'wall':
      return Float64Array.from(
        { length: self.samples.length },
        (_, node) => (self.samples[node] ?? 0) + (self.waits[node] ?? 0),
      );
  }
}
