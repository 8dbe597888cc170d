/** pstats's callers and callees: every function with who called it, or what it called. */

import { useComputed } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { type CallEdge, callees, callers } from '../../src/profile/call-edges.ts';
import { formatSamples } from '../../src/profile/display-figures.ts';
import { standardName } from '../../src/profile/standard-name.ts';
import type { StatsRow } from '../../src/profile/stats.ts';
import { middle, percentText } from '../model/text.ts';
import { useStore } from '../state/store.ts';
import { VirtualGrid } from './virtual-grid.tsx';

/** A function, or one of its edges below it. */
interface Line {
  readonly row: StatsRow;
  readonly edge: CallEdge | null;
}

const COLUMNS = [
  { key: 'name', title: 'filename:lineno(function)' },
  { key: 'samples', title: 'samples', isFigure: true },
  { key: 'tottime', title: 'tottime', isFigure: true },
  { key: 'cumtime', title: 'cumtime', isFigure: true },
  { key: 'share', title: 'total %', isFigure: true },
];
const MAX_NAME = 400;

export function EdgeTable({ mode }: { readonly mode: 'callers' | 'callees' }): JSX.Element {
  const { shown, view, select, data } = useStore();
  const { fulldirs } = view.value;
  const metric = shown.metric.value;
  const { cell, countName } = shown.unit.value;
  const lines = useComputed<Line[]>(() => {
    const profile = shown.profile.value;
    if (profile === null) return [];
    const edges = (view.value.mode === 'callers' ? callers : callees)(profile, shown.metric.value);
    return shown.table.value.rows.flatMap((row) => [
      { row, edge: null },
      ...(edges[row.function] ?? []).map((edge) => ({ row, edge })),
    ]);
  });
  const all = shown.total.value;
  const functions = shown.profile.value?.functions ?? [];
  const cellsOf = (position: number): ComponentChildren[] => {
    const line = lines.value[position];
    if (!line) return [];
    const { row, edge } = line;
    if (edge === null) return [<b key="name">{middle(standardName(row.info, fulldirs), MAX_NAME)}</b>, '', '', '', ''];
    const other = functions[edge.function];
    const name = other ? middle(standardName(other, fulldirs), MAX_NAME) : '';
    return [
      `${mode === 'callers' ? '←' : '→'} ${name}`,
      formatSamples(edge.samples),
      cell(edge.selfNs),
      cell(edge.totalNs),
      percentText(edge.totalNs, all),
    ];
  };
  return (
    <VirtualGrid
      label={`${mode === 'callers' ? 'Callers' : 'Callees'} of every function, ${metric}`}
      columns={COLUMNS.map((column) => (column.key === 'samples' ? { ...column, title: countName } : column))}
      template="minmax(16rem, 1fr) 5rem 5.5rem 5.5rem 5rem"
      minWidth="44rem"
      count={lines.value.length}
      selected={lines.value.findIndex(({ row, edge }) => edge === null && row.function === shown.selected.value)}
      cellsOf={cellsOf}
      attributesOf={(position) => ({ class: `grid-row ${lines.value[position]?.edge ? 'edge' : 'group'}` })}
      onSelect={(position) => {
        const line = lines.value[position];
        if (line) select(line.edge?.function ?? line.row.function);
      }}
      onHold={(isHeld) => {
        data.isHeld.value = isHeld;
      }}
    />
  );
}
