/** One of the diff's two lists: what differs by how much per request, with the samples that say so. */

import type { ComponentChildren, JSX } from 'preact';
import { formatSamples, formatSeconds } from '../../src/profile/display-figures.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import { standardName } from '../../src/profile/standard-name.ts';
import type { DiffRow } from '../model/diff.ts';
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
    return Number(a.isUncertain) - Number(b.isUncertain) || Math.abs(b.selfDelta) - Math.abs(a.selfDelta);
  });
  const cellsOf = (position: number): ComponentChildren[] => {
    const row = sorted[position];
    if (!row) return [];
    return [
      signed(row.selfDelta),
      signed(row.totalDelta),
      `${formatSamples(row.before.samples)} → ${formatSamples(row.after.samples)}`,
      <>
        {row.isUncertain && (
          <span class="pill" title="Chance alone may make this difference">
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
        {title} <span class="count">{rows.filter(({ isUncertain }) => !isUncertain).length}</span>
      </h2>
      <VirtualGrid
        label={title}
        columns={COLUMNS}
        template="5.6rem 5.6rem 5.2rem minmax(12rem, 1fr) 4.4rem 4.4rem"
        minWidth="43rem"
        count={sorted.length}
        selected={sorted.findIndex(({ key }) => key === view.value.function)}
        cellsOf={cellsOf}
        attributesOf={(position) => ({ class: `grid-row ${sorted[position]?.isUncertain ? 'uncertain' : ''}` })}
        onSelect={(position) => set({ function: sorted[position]?.key ?? null })}
      />
    </section>
  );
}

function signed(ns: number): string {
  return ns === 0 ? '0' : `${ns > 0 ? '+' : '−'}${formatDuration(Math.abs(ns))}`;
}
