/** The part of a source that is sent: lines around a function, few enough and short enough for a page. */

import { functionEnd } from '../profile/function-end.ts';
import type { FunctionPlace } from '../profile/same-function.ts';

export interface SourceLines {
  /** Number of the first line sent, 1-based. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** Of the whole file. */
  readonly lineCount: number;
  /** First and last line of the function. */
  readonly range: { readonly from: number; readonly to: number };
}

const MAX_LINES = 5000;
const MAX_CHARACTERS = 1_000_000;
const MAX_LINE_CHARACTERS = 1000;
/** Sent before the function where not all of the file is. */
const LINES_BEFORE = 500;
/** Sent before the function of a line that holds a whole bundle. */
const CHARACTERS_BEFORE = 200;

/** @returns null where the file has no such line */
export function sourceLines(text: string, { name, line, column }: FunctionPlace): SourceLines | null {
  // As ECMAScript ends lines, and V8 and source maps count them.
  const all = text.split(/\r\n|[\n\r\u2028\u2029]/);
  if (line > all.length) return null;
  const from = Math.max(line, 1);
  const range = { from, to: name === '(module)' ? all.length : lastLine(text, from, column) };
  const isWhole = all.length <= MAX_LINES && text.length <= MAX_CHARACTERS;
  const first = isWhole ? 1 : Math.max(1, from - LINES_BEFORE);
  const lines: string[] = [];
  let left = MAX_CHARACTERS;
  for (const [at, whole] of all.slice(first - 1, first - 1 + MAX_LINES).entries()) {
    const shown = cut(whole, first + at === from ? column : 0);
    left -= shown.length;
    if (left < 0) break;
    lines.push(shown);
  }
  return { firstLine: first, lines, lineCount: all.length, range };
}

function lastLine(text: string, line: number, column: number): number {
  const start = offsetOf(text, line) + Math.max(column - 1, 0);
  const end = functionEnd(text, start);
  return end === null ? line : line + (text.slice(start, end).match(/\r\n|[\n\r\u2028\u2029]/g)?.length ?? 0);
}

function offsetOf(text: string, line: number): number {
  let number = 1;
  if (line === 1) return 0;
  for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g))
    if (++number === line) return index + end.length;
  return text.length;
}

function cut(line: string, column: number): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const start = column > MAX_LINE_CHARACTERS - CHARACTERS_BEFORE ? column - CHARACTERS_BEFORE : 0;
  const end = start + MAX_LINE_CHARACTERS;
  return `${start > 0 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
}
