/** pstats as repoze.profile showed it: stats, callers or callees, sorted, filtered, limited. */

import type { JSX } from 'preact';
import { EdgeTable } from '../components/edge-table.tsx';
import { StatsTable } from '../components/stats-table.tsx';
import { countText } from '../model/text.ts';
import { TABLE_MODES, TABLE_SORTS } from '../model/view.ts';
import { useStore } from '../state/store.ts';

const LIMITS = [0, 20, 60, 200, 1000];

export function TableView(): JSX.Element {
  const { view, set, go, shown } = useStore();
  const { mode, sort, limit, fulldirs, filename } = view.value;
  const { rows, filtered, all } = shown.table.value;
  const limits = LIMITS.includes(limit) ? LIMITS : [...LIMITS, limit];
  return (
    <div class="table-view">
      <div class="tools">
        <fieldset class="segmented">
          <legend class="visually-hidden">Mode</legend>
          {TABLE_MODES.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === mode}
              onClick={() => go({ mode: name, tab: 'table' })}
            >
              {name}
            </button>
          ))}
        </fieldset>
        <label>
          Sort{' '}
          <select
            value={sort}
            onChange={({ currentTarget }) =>
              set({
                sort: TABLE_SORTS.find((name) => name === currentTarget.value) ?? 'time',
                isReversed: false,
                tab: 'table',
              })
            }
          >
            {TABLE_SORTS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Rows{' '}
          <select
            value={limit}
            onChange={({ currentTarget }) => set({ limit: Number(currentTarget.value), tab: 'table' })}
          >
            {limits.map((count) => (
              <option key={count} value={count}>
                {count === 0 ? 'all' : count}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={fulldirs} onChange={() => set({ fulldirs: !fulldirs, tab: 'table' })} /> Full
          paths
        </label>
        <label>
          File{' '}
          <input
            type="search"
            placeholder="part of its path"
            value={filename}
            spellcheck={false}
            onInput={({ currentTarget }) => set({ filename: currentTarget.value, tab: 'table' })}
          />
        </label>
        <span class="count">
          {rows.length < all ? `${countText(rows.length)} of ${countText(all)}` : countText(all)} functions
          {filtered < all && filename !== '' ? `, ${countText(filtered)} in such files` : ''}
        </span>
      </div>
      {mode === 'stats' ? <StatsTable isFull /> : <EdgeTable mode={mode} />}
    </div>
  );
}
