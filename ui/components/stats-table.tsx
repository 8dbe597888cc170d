/** pstats's table: one row per function, every column sortable. */

import type { ComponentChildren, JSX } from 'preact';
import { formatSamples, formatSeconds, formatSecondsPer } from '../../src/profile/display-figures.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import { printable } from '../../src/profile/printable.ts';
import type { StatsRow } from '../../src/profile/stats.ts';
import { standardName } from '../../src/profile/standard-name.ts';
import { originOf } from '../model/sort-table.ts';
import { middle, percentText } from '../model/text.ts';
import type { TableSort } from '../model/view.ts';
import { useStore } from '../state/store.ts';
import { type GridColumn, VirtualGrid } from './virtual-grid.tsx';

interface Column extends GridColumn {
  readonly key: TableSort | 'perrequest' | 'selfshare' | 'totalshare';
  readonly sort: TableSort;
}

const MAX_NAME = 400;

export function StatsTable(): JSX.Element {
  const { shown, view, set, select, data, go } = useStore();
  const { rows } = shown.table.value;
  const profile = shown.profile.value;
  const { sort, isReversed, fulldirs } = view.value;
  const isCounted = profile?.functions.some(({ calls }) => calls !== undefined) === true;
  const requests = profile?.requests ?? 0;
  const total = shown.total.value;
  const columns = columnsOf(isCounted);
  const sortedColumn = columns.find((column) => column.sort === sort)?.key ?? sort;
  const cellsOf = (position: number): ComponentChildren[] => {
    const row = rows[position];
    if (!row) return [];
    const { info, calls, totalSamples, selfNs, totalNs } = row;
    const per = isCounted ? (calls ?? 0) : requests;
    return [
      isCounted ? (calls === undefined ? '-' : String(calls)) : formatSamples(totalSamples),
      <Share key="self" text={formatSeconds(selfNs)} part={selfNs} all={total} />,
      percentText(selfNs, total),
      formatSecondsPer(selfNs, per),
      formatSeconds(totalNs),
      percentText(totalNs, total),
      formatSecondsPer(totalNs, per),
      requests > 0 ? formatDuration(totalNs / requests) : '',
      middle(standardName(info, fulldirs), MAX_NAME),
      printable(originOf(row)),
    ];
  };
  return (
    <VirtualGrid
      label="Functions"
      columns={columns}
      template="4.6rem 5.4rem 4.6rem 5.4rem 5rem 4.6rem 5.4rem 5.2rem minmax(14rem, 1fr) 9rem"
      minWidth="66rem"
      count={rows.length}
      selected={rows.findIndex((row) => row.function === shown.selected.value)}
      cellsOf={cellsOf}
      attributesOf={(position) => ({ class: `grid-row ${isMatch(shown.search.value?.matches, rows[position]) ? 'match' : ''}` })}
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

function columnsOf(isCounted: boolean): readonly Column[] {
  const per = isCounted ? 'call' : 'request: calls were not counted';
  return [
    {
      key: 'calls',
      sort: 'calls',
      title: isCounted ? 'ncalls' : 'samples',
      isFigure: true,
      hint: isCounted ? 'Exact number of calls' : 'Samples that saw the function',
    },
    { key: 'time', sort: 'time', title: 'tottime', isFigure: true, hint: 'Seconds in the function itself' },
    { key: 'selfshare', sort: 'time', title: 'self %', isFigure: true },
    { key: 'percall', sort: 'percall', title: 'percall', isFigure: true, hint: `tottime per ${per}` },
    { key: 'cumulative', sort: 'cumulative', title: 'cumtime', isFigure: true, hint: 'Seconds with what it called' },
    { key: 'totalshare', sort: 'cumulative', title: 'total %', isFigure: true },
    { key: 'cumpercall', sort: 'cumpercall', title: 'percall', isFigure: true, hint: `cumtime per ${per}` },
    { key: 'perrequest', sort: 'cumulative', title: 'per req.', isFigure: true, hint: 'Mean cumtime per request' },
    { key: 'stdname', sort: 'stdname', title: 'filename:lineno(function)' },
    { key: 'package', sort: 'package', title: 'package' },
  ];
}

/** A figure with a bar behind it. */
function Share({ text, part, all }: { readonly text: string; readonly part: number; readonly all: number }): JSX.Element {
  return (
    <span class="share-bar" style={{ backgroundSize: `${all > 0 ? (100 * part) / all : 0}% 100%` }}>
      {text}
    </span>
  );
}

/** Texts go up by nature, figures down. */
function isTextSort(sort: TableSort): boolean {
  return ['name', 'file', 'module', 'line', 'nfl', 'stdname', 'package'].includes(sort);
}

function isMatch(matches: Uint8Array | undefined, row: StatsRow | undefined): boolean {
  return row !== undefined && matches?.[row.function] === 1;
}
