/** Stepping through rows and search matches. */

import { nameText } from '../model/text.ts';
import type { Store } from './store.ts';

export function selectRow(store: Store, step: 1 | -1): void {
  const { rows } = store.shown.table.value;
  const at = rows.findIndex((row) => row.function === store.shown.selected.value);
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (next) store.select(next.function);
}

export function selectMatch(store: Store, step: 1 | -1): void {
  const { search, rows, selected } = store.shown;
  const matches = search.value?.matches;
  if (!matches) return;
  const found = [...rows.value].filter((row) => matches[row.function] === 1).sort((a, b) => b.totalNs - a.totalNs);
  if (found.length === 0) return;
  const at = found.findIndex((row) => row.function === selected.value);
  const position = at < 0 ? (step === 1 ? 0 : found.length - 1) : (at + step + found.length) % found.length;
  const row = found[position];
  if (!row) return;
  store.select(row.function);
  store.announcement.value = `${position + 1} of ${found.length} matches: ${nameText(row.info)}`;
}
