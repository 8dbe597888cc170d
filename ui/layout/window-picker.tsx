/** Chooses the window of time that everything on the page speaks of. */

import type { JSX } from 'preact';
import { timeText } from '../model/text.ts';
import type { TimeWindow } from '../model/view.ts';
import { useStore } from '../state/store.ts';

const MINUTE_MS = 60_000;
const LENGTHS: readonly (readonly [string, number])[] = [
  ['Last 10 s', MINUTE_MS / 6],
  ['Last minute', MINUTE_MS],
  ['Last 5 minutes', 5 * MINUTE_MS],
  ['Last hour', 60 * MINUTE_MS],
];

export function WindowPicker(): JSX.Element | null {
  const { view, choose, client } = useStore();
  if (!client.isConnected) return null;
  const { window } = view.value;
  return (
    <select
      aria-label="Time window"
      value={optionOf(window)}
      onChange={({ currentTarget }) => {
        const ms = Number(currentTarget.value);
        choose({ window: ms > 0 ? { kind: 'last', ms } : { kind: 'all' } });
      }}
    >
      <option value="0">Since the start</option>
      {LENGTHS.map(([name, ms]) => (
        <option key={ms} value={ms}>
          {name}
        </option>
      ))}
      {!isListed(window) && <option value={optionOf(window)}>{windowText(window)}</option>}
    </select>
  );
}

export function windowText(window: TimeWindow): string {
  switch (window.kind) {
    case 'all':
      return 'since the start';
    case 'last':
      return `last ${window.ms / 1000} s`;
    case 'between':
      return `${timeText(window.from)} to ${timeText(window.to)}`;
  }
}

function optionOf(window: TimeWindow): string {
  if (window.kind === 'all') return '0';
  return window.kind === 'last' ? String(window.ms) : 'between';
}

function isListed(window: TimeWindow): boolean {
  return window.kind === 'all' || (window.kind === 'last' && LENGTHS.some(([, ms]) => ms === window.ms));
}
