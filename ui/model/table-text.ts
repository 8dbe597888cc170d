/** The table as tab-separated values, for a spreadsheet. */

import { printable } from '../../src/profile/printable.ts';
import type { StatsRow } from '../../src/profile/stats.ts';
import { originOf } from './sort-table.ts';

const HEADING = ['samples', 'ncalls', 'tottime_s', 'cumtime_s', 'function', 'file', 'line', 'package'];

export function tableTsv(rows: readonly StatsRow[]): string {
  const lines = rows.map((row) => [
    String(row.totalSamples),
    row.calls === undefined ? '' : String(row.calls),
    (row.selfNs / 1e9).toFixed(6),
    (row.totalNs / 1e9).toFixed(6),
    field(row.info.name),
    field(row.info.file),
    String(row.info.line),
    field(originOf(row)),
  ]);
  return `${[HEADING, ...lines].map((line) => line.join('\t')).join('\n')}\n`;
}

/** A spreadsheet must not take a name for a formula. */
function field(text: string): string {
  const plain = printable(text);
  return /^[=+\-@]/.test(plain) ? `'${plain}` : plain;
}
