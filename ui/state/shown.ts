/** What follows from the recording and the view: each computed when somebody looks at it, and once. */

import { computed, type ReadonlySignal } from '@preact/signals';
import type { CaptureSummary, Profile } from '../../src/api/types.ts';
import { captureWindow, heapProfile } from '../../src/profile/heap-profile.ts';
import { METRICS, type Metric } from '../../src/profile/profile.ts';
import { filterRows, type StatsRow, statsRows } from '../../src/profile/stats.ts';
import { sortRows } from '../../src/profile/stats-order.ts';
import { metricColumn, sumColumn } from '../../src/profile/totals.ts';
import { MEMORY, TIME, type Unit } from '../../src/profile/units.ts';
import { type FlameLayout, flameLayout } from '../model/flame-layout.ts';
import { findFunction, stackHashes } from '../model/function-key.ts';
import { type Folded, foldLead } from '../model/lead-fold.ts';
import { foldForeignCode } from '../model/own-code.ts';
import { matchedSum, matchFunctions } from '../model/search.ts';
import { sortTable } from '../model/sort-table.ts';
import { applyTransforms } from '../model/transforms.ts';
import type { View } from '../model/view.ts';
import type { LiveData } from './live-data.ts';
import { isShownWhole } from './selection-query.ts';

export interface TableContent {
  /** Sorted, filtered, limited. */
  readonly rows: readonly StatsRow[];
  readonly filtered: number;
  readonly all: number;
}

export interface SearchResult {
  /** Per function 1 or 0. */
  readonly matches: Uint8Array;
  readonly functions: number;
  readonly sum: number;
}

export interface Shown {
  /** As it was recorded, before anything of the view changes it. */
  readonly raw: ReadonlySignal<Profile | null>;
  /** The capture that all views show; null where they show what was recorded. */
  readonly capture: ReadonlySignal<CaptureSummary | null>;
  readonly unit: ReadonlySignal<Unit>;
  /** Whose figures are shown: the view's, but of a heap the only one that it has. */
  readonly metric: ReadonlySignal<Metric>;
  /** With the transforms of the view. */
  readonly profile: ReadonlySignal<Profile | null>;
  /** The metrics that have figures. */
  readonly metrics: ReadonlySignal<readonly Metric[]>;
  readonly column: ReadonlySignal<ArrayLike<number>>;
  /** Of the metric, in the unit: nanoseconds or bytes. */
  readonly total: ReadonlySignal<number>;
  readonly rows: ReadonlySignal<readonly StatsRow[]>;
  readonly table: ReadonlySignal<TableContent>;
  /** What the flame graph draws: of the shown profile, with what lies above own code in one frame. */
  readonly flame: ReadonlySignal<Folded | null>;
  readonly layout: ReadonlySignal<FlameLayout | null>;
  readonly search: ReadonlySignal<SearchResult | null>;
  /** Index of the selected function, -1 where there is none. */
  readonly selected: ReadonlySignal<number>;
  readonly selectedRow: ReadonlySignal<StatsRow | null>;
  /** Node that fills the flame graph. */
  readonly zoomNode: ReadonlySignal<number>;
}

export function createShown(view: ReadonlySignal<View>, data: LiveData): Shown {
  const part = <Key extends keyof View>(key: Key): ReadonlySignal<View[Key]> => computed(() => view.value[key]);
  const [order, transforms, isOwnCode, heapFigure] = [
    part('order'),
    part('transforms'),
    part('isOwnCode'),
    part('heap'),
  ];
  const [sort, isReversed, fulldirs] = [part('sort'), part('isReversed'), part('fulldirs')];
  const [filename, limit] = [part('filename'), part('limit')];
  const [text, key, zoom, isWholeStack] = [part('search'), part('function'), part('zoom'), part('isWholeStack')];

  const unit = computed(() => (data.recording.value?.heap ? MEMORY : TIME));
  const metric = computed<Metric>(() => (unit.value === MEMORY ? 'cpu' : view.value.metric));
  const raw = computed(() => {
    const recording = data.recording.value;
    if (!recording) return null;
    const { heap, capture } = recording;
    return heap && capture ? heapProfile(heap, captureWindow(capture), heapFigure.value) : recording.profile;
  });
  const profile = computed(() => {
    if (raw.value === null) return null;
    return applyTransforms(isOwnCode.value ? foldForeignCode(raw.value) : raw.value, transforms.value);
  });
  const column = computed(() => (profile.value ? metricColumn(profile.value.nodes.self, metric.value) : []));
  const rows = computed(() => (profile.value ? statsRows(profile.value, metric.value) : []));
  const matches = computed(() => (profile.value ? matchFunctions(profile.value.functions, text.value) : null));
  const byName = computed(() => sortRows(rows.value, 'stdname', fulldirs.value));
  const sorted = computed(() => sortTable(byName.value, sort.value, isReversed.value));
  const filtered = computed(() => (filename.value === '' ? sorted.value : filterRows(sorted.value, filename.value)));
  const selected = computed(() =>
    profile.value === null || key.value === null ? -1 : findFunction(profile.value.functions, key.value),
  );
  const flame = computed<Folded | null>(() => {
    if (profile.value === null) return null;
    // Own code is folded already where nothing else is shown.
    if (isWholeStack.value || isOwnCode.value) return { tree: profile.value, column: column.value, folded: 0 };
    return foldLead(profile.value, column.value);
  });
  const layout = computed(() => (flame.value ? flameLayout(flame.value.tree, flame.value.column, order.value) : null));
  return {
    raw,
    capture: computed(() => {
      const capture = data.recording.value?.capture ?? null;
      return isShownWhole(capture) ? capture : null;
    }),
    unit,
    metric,
    profile,
    column,
    rows,
    selected,
    metrics: computed(() => {
      const self = data.recording.value?.profile.nodes.self;
      const waitNs = self ? sumColumn(self.waitNs) : 0;
      const sums = { cpu: 1, wait: waitNs, wall: waitNs + (self ? sumColumn(self.wallNs) : 0) };
      return METRICS.filter((name) => sums[name] > 0);
    }),
    total: computed(() => sumColumn(column.value)),
    table: computed(() => ({
      rows: limit.value > 0 ? filtered.value.slice(0, limit.value) : filtered.value,
      filtered: filtered.value.length,
      all: rows.value.length,
    })),
    flame,
    layout,
    search: computed(() => {
      if (matches.value === null || profile.value === null) return null;
      const functions = matches.value.reduce((count, match) => count + match, 0);
      return { matches: matches.value, functions, sum: matchedSum(profile.value, matches.value, column.value) };
    }),
    selectedRow: computed(() => {
      // Without a selection nobody has to wait for the rows.
      if (selected.value < 0) return null;
      return rows.value.find((row) => row.function === selected.value) ?? null;
    }),
    zoomNode: computed(() => {
      if (zoom.value === null || flame.value === null) return 0;
      return Math.max(0, stackHashes(flame.value.tree).indexOf(zoom.value));
    }),
  };
}
