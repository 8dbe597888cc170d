/** pstats's table: one row per function, every column sortable. */

import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { formatSamples } from '../../src/profile/display-figures.ts';
import { printable } from '../../src/profile/printable.ts';
import { standardName } from '../../src/profile/standard-name.ts';
import type { StatsRow } from '../../src/profile/stats.ts';
import type { Unit } from '../../src/profile/units.ts';
import { originOf } from '../model/sort-table.ts';
import { middle, percentText } from '../model/text.ts';
import type { TableSort } from '../model/view.ts';
import { useStore } from '../state/store.ts';
import { ShareBar } from './share-bar.tsx';
import { type GridColumn, VirtualGrid } from './virtual-grid.tsx';

interface Column extends GridColumn {
  readonly key:
    | 'calls'
    | 'time'
    | 'percall'
    | 'cumulative'
    | 'cumpercall'
    | 'stdname'
    | 'package'
    | 'perrequest'
    | 'selfshare'
    | 'totalshare';
  readonly sort: TableSort;
  /** CSS width. */
  readonly width: string;
  /** Left out where the table is narrower. */
  readonly fromPx?: number;
}

const MAX_NAME = 400;
const TIME_COLUMNS: readonly Column['key'][] = ['percall', 'cumpercall', 'perrequest'];

/** @param isFull shows every column, even if it has to be scrolled to; else those for which there is room. */
export function StatsTable({ isFull = false }: { readonly isFull?: boolean }): JSX.Element {
  const { shown, view, set, select, data, go } = useStore();
  const gridPx = useSignal(0);
  const { rows } = shown.table.value;
  const profile = shown.profile.value;
  const { sort, isReversed, fulldirs } = view.value;
  const isCounted = profile?.functions.some(({ calls }) => calls !== undefined) === true;
  const requests = profile?.requests ?? 0;
  const total = shown.total.value;
  const unit = shown.unit.value;
  const columns = columnsOf(isCounted, unit).filter(({ fromPx = 0 }) => isFull || gridPx.value >= fromPx);
  const sortedColumn = columns.find((column) => column.sort === sort)?.key ?? sort;
  const cellsOf = (position: number): ComponentChildren[] => {
    const row = rows[position];
    if (!row) return [];
    const { info, calls, totalSamples, selfNs, totalNs } = row;
    const per = unit.kind === 'memory' ? totalSamples : isCounted ? (calls ?? 0) : requests;
    const cells: Record<Column['key'], ComponentChildren> = {
      calls: isCounted ? (calls === undefined ? '-' : String(calls)) : formatSamples(totalSamples),
      time: <ShareBar text={unit.cell(selfNs)} part={selfNs} all={total} />,
      selfshare: percentText(selfNs, total),
      percall: unit.cellPer(selfNs, per),
      cumulative: unit.cell(totalNs),
      totalshare: percentText(totalNs, total),
      cumpercall: unit.cellPer(totalNs, per),
      perrequest: requests > 0 ? unit.format(totalNs / requests) : '',
      stdname: middle(standardName(info, fulldirs), MAX_NAME),
      package: printable(originOf(row)),
    };
    return columns.map(({ key }) => cells[key]);
  };
  return (
    <VirtualGrid
      label="Functions"
      columns={columns}
      template={columns.map(({ width }) => width).join(' ')}
      minWidth={isFull ? '68rem' : '26rem'}
      onWidth={(width) => {
        gridPx.value = width;
      }}
      count={rows.length}
      selected={rows.findIndex((row) => row.function === shown.selected.value)}
      cellsOf={cellsOf}
      attributesOf={(position) => ({
        class: `grid-row ${isMatch(shown.search.value?.matches, rows[position]) ? 'match' : ''}`,
      })}
      onSelect={(position) => select(rows[position]?.function ?? -1)}
      onOpen={() => go({ tab: 'sandwich' })}
      sorted={{ key: sortedColumn, isAscending: isTextSort(sort) !== isReversed }}
      onSort={(key) => {
        const wanted = columns.find((column) => column.key === key)?.sort ?? 'time';
        set(wanted === sort ? { isReversed: !isReversed } : { sort: wanted, isReversed: false });
      }}
      onHold={(isHeld) => {
        data.isHeld.value = isHeld;
      }}
    />
  );
}

function columnsOf(isCounted: boolean, unit: Unit): readonly Column[] {
  const isMemory = unit.kind === 'memory';
  const per = isCounted ? 'call' : 'request: calls were not counted';
  const all: readonly Column[] = [
    {
      key: 'calls',
      width: '4.8rem',
      fromPx: 760,
      sort: 'calls',
      title: isCounted ? 'ncalls' : unit.countName,
      isFigure: true,
      hint: isCounted ? 'Exact number of calls' : isMemory ? 'Objects, estimated' : 'Samples that saw the function',
    },
    {
      key: 'time',
      width: '5.4rem',
      sort: 'time',
      title: isMemory ? 'self' : 'tottime',
      isFigure: true,
      hint: isMemory ? 'Allocated by the function itself, estimated' : 'Seconds in the function itself',
    },
    { key: 'selfshare', width: '4.6rem', fromPx: 560, sort: 'time', title: 'self %', isFigure: true },
    {
      key: 'percall',
      width: '5.4rem',
      fromPx: 1080,
      sort: 'percall',
      title: 'percall',
      isFigure: true,
      hint: `tottime per ${per}`,
    },
    {
      key: 'cumulative',
      width: '5.4rem',
      sort: 'cumulative',
      title: isMemory ? 'total' : 'cumtime',
      isFigure: true,
      hint: isMemory ? 'With what it called' : 'Seconds with what it called',
    },
    { key: 'totalshare', width: '4.8rem', fromPx: 680, sort: 'cumulative', title: 'total %', isFigure: true },
    {
      key: 'cumpercall',
      width: '5.4rem',
      fromPx: 1080,
      sort: 'cumpercall',
      title: 'percall',
      isFigure: true,
      hint: `cumtime per ${per}`,
    },
    {
      key: 'perrequest',
      width: '5.2rem',
      fromPx: 1080,
      sort: 'cumulative',
      title: 'per req.',
      isFigure: true,
      hint: 'Mean cumtime per request',
    },
    { key: 'stdname', width: 'minmax(14rem, 1fr)', sort: 'stdname', title: 'filename:lineno(function)' },
    { key: 'package', width: '9rem', fromPx: 1080, sort: 'package', title: 'package' },
  ];
  // A capture of the heap knows neither calls nor requests.
  return isMemory ? all.filter(({ key }) => !TIME_COLUMNS.includes(key)) : all;
}

/** Texts go up by nature, figures down. */
function isTextSort(sort: TableSort): boolean {
  return ['name', 'file', 'module', 'line', 'nfl', 'stdname', 'package'].includes(sort);
}

function isMatch(matches: Uint8Array | undefined, row: StatsRow | undefined): boolean {
  return row !== undefined && matches?.[row.function] === 1;
}
