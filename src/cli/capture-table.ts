/** A capture's result as a table for people: the most called functions, the lines of the costliest functions, the places that allocate. */

import type { CallsResult, CaptureAnswer, HeapResult, LinesResult } from '../api/types.ts';
import { functionLabel } from '../profile/display-name.ts';
import { printable } from '../profile/printable.ts';

/** Of one function; what is below is rarely looked at. */
const LINES_SHOWN = 8;
const BYTES_PER_MB = 1024 ** 2;

/** @param limit most functions. */
export function captureTable(capture: CaptureAnswer, limit: number): string {
  if (!capture.result) return '';
  const { functions, truncated } = capture.result;
  const lines = tableOf(capture, limit);
  const left = functions.length - Math.min(functions.length, limit) + truncated;
  if (left > 0) lines.push(`   and ${left} more functions`);
  return `${lines.join('\n')}\n`;
}

function tableOf(capture: CaptureAnswer, limit: number): string[] {
  if (capture.kind === 'calls') return capture.result ? callsTable(capture.result, limit) : [];
  if (capture.kind === 'lines') return capture.result ? linesTable(capture.result, limit) : [];
  return capture.result ? heapTable(capture.result, limit) : [];
}

function callsTable({ functions }: CallsResult, limit: number): string[] {
  const rows = functions
    .slice(0, limit)
    .map((row) => `${cell(row.calls ?? '-')}${cell(row.entries)}  ${printable(functionLabel(row))}`);
  return [`${cell('calls')}${cell('entries')}  function`, ...rows];
}

function linesTable({ functions, samples, intervalMs }: LinesResult, limit: number): string[] {
  const share = (count: number): string => cell(`${((count / Math.max(1, samples)) * 100).toFixed(1)} %`);
  const rows = functions.slice(0, limit).flatMap((row) => [
    `${cell(row.samples)}${share(row.samples)}  ${printable(functionLabel(row))}`,
    ...row.lines.slice(0, LINES_SHOWN).map(({ line, samples: count }) => {
      return `${cell(count)}${share(count)}      ${line === 0 ? 'of unknown line' : `line ${line}`}`;
    }),
  ]);
  return [
    `${samples} samples every ${intervalMs} ms`,
    `${cell('samples')}${cell('share')}  function and lines`,
    ...rows,
  ];
}

function heapTable({ functions, halfSeconds }: HeapResult, limit: number): string[] {
  const megabytes = (bytes: number): string => cell((bytes / BYTES_PER_MB).toFixed(2));
  const rows = functions.slice(0, limit).map((row) => {
    const objects = `${cell(Math.round(row.inUseObjects))}${megabytes(row.allocatedBytes)}${cell(Math.round(row.allocatedObjects))}`;
    return `${megabytes(row.inUseBytes)}${objects}  ${printable(functionLabel(row))}`;
  });
  return [
    `allocated in the first ${halfSeconds} s; in use at the end, of what the second ${halfSeconds} s allocated`,
    `${cell('in use MB')}${cell('objects')}${cell('alloc MB')}${cell('objects')}  function`,
    ...rows,
  ];
}

function cell(value: string | number): string {
  return String(value).padStart(11);
}
