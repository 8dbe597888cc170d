/** One of the diff's two lists: what differs by how much per request, with the samples that say so. */

import type { ComponentChildren, JSX } from 'preact';
import type { DiffRow } from '../../src/profile/diff.ts';
import { formatSamples, formatSeconds } from '../../src/profile/display-figures.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import { standardName } from '../../src/profile/standard-name.ts';
import { functionKey } from '../model/function-key.ts';
import { middle } from '../model/text.ts';
import { useStore } from '../state/store.ts';
import { VirtualGrid } from './virtual-grid.tsx';

const COLUMNS = [
  { key: 'delta', title: 'per request', isFigure: true, hint: 'Own time per request, difference' },
  { key: 'total', title: 'with callees', isFigure: true, hint: 'Total time per request, difference' },
  { key: 'samples', title: 'samples', isFigure: true, hint: 'Before → after' },
  { key: 'name', title: 'function' },
  { key: 'before', title: 'before s', isFigure: true, hint: 'Own time of the baseline' },
  { key: 'after', title: 'after s', isFigure: true, hint: 'Own time of what is compared' },
];
const MAX_NAME = 200;

export function DiffList({ title, rows }: { readonly title: string; readonly rows: readonly DiffRow[] }): JSX.Element {
  const { view, set } = useStore();
  const sorted = [...rows].sort((a, b) => {
    // What may be chance alone comes last, however large it looks.
    return Number(isChance(a)) - Number(isChance(b)) || Math.abs(b.self.delta) - Math.abs(a.self.delta);
  });
  const isChanceAt = (position: number): boolean => sorted[position] !== undefined && isChance(sorted[position]);
  const keyAt = (position: number): string | null => {
    const row = sorted[position];
    return row ? functionKey(row.info) : null;
  };
  const cellsOf = (position: number): ComponentChildren[] => {
    const row = sorted[position];
    if (!row) return [];
    return [
      signed(row.self.delta),
      signed(row.total.delta),
      `${formatSamples(row.before.samples)} → ${formatSamples(row.after.samples)}`,
      <>
        {isChance(row) && (
          <span class="pill" title="Below 5 %, or chance alone may make this difference">
            noise
          </span>
        )}{' '}
        {middle(standardName(row.info, view.value.fulldirs), MAX_NAME)}
      </>,
      formatSeconds(row.before.selfNs),
      formatSeconds(row.after.selfNs),
    ];
  };
  return (
    <section aria-label={title} class={title.toLowerCase()}>
      <h2>
        {title} <span class="count">{rows.filter((row) => !isChance(row)).length}</span>
      </h2>
      <VirtualGrid
        label={title}
        columns={COLUMNS}
        template="5.6rem 5.6rem 5.2rem minmax(12rem, 1fr) 4.4rem 4.4rem"
        minWidth="43rem"
        count={sorted.length}
        selected={sorted.findIndex(({ info }) => functionKey(info) === view.value.function)}
        cellsOf={cellsOf}
        attributesOf={(position) => ({ class: `grid-row ${isChanceAt(position) ? 'uncertain' : ''}` })}
        onSelect={(position) => set({ function: keyAt(position) })}
      />
    </section>
  );
}

function isChance({ verdict }: DiffRow): boolean {
  return verdict === 'same';
}

function signed(ns: number): string {
  return ns === 0 ? '0' : `${ns > 0 ? '+' : '−'}${formatDuration(Math.abs(ns))}`;
}
