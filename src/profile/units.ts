/** What a profile's figures are: time, or memory where it is one of the heap (heap-profile.ts). */

import { formatSeconds, formatSecondsPer } from './display-figures.ts';
import { formatDuration } from './duration.ts';

export interface Unit {
  readonly kind: 'time' | 'memory';
  /** For sentences, with its unit: `12.3 ms`, `4.56 MB`. */
  format(value: number): string;
  /** For columns: seconds as pstats prints them, or with its unit. */
  cell(value: number): string;
  /** The same, per call or request. @returns '' where nothing was counted */
  cellPer(value: number, count: number): string;
  /** What `samples` count. */
  readonly countName: string;
}

export const TIME: Unit = {
  kind: 'time',
  format: formatDuration,
  cell: formatSeconds,
  cellPer: formatSecondsPer,
  countName: 'samples',
};

export const MEMORY: Unit = {
  kind: 'memory',
  format: formatBytes,
  cell: formatBytes,
  cellPer: (value, count) => (count === 0 ? '' : formatBytes(value / count)),
  countName: 'objects',
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Three significant digits: `4.56 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toPrecision(3)} ${UNITS[unit]}`;
}
