/** Names and figures as the page writes them. Names come from the profiled program: whatever is in them is shown, nothing takes effect. */

import type { CaptureSummary } from '../../src/api/types.ts';
import { shortFile } from '../../src/profile/display-name.ts';
import { printable } from '../../src/profile/printable.ts';
import type { FunctionInfo } from '../../src/profile/profile.ts';
import { LIVE_MEMORY } from './live-memory.ts';

/** Longer names are cut in the middle; the whole is in the drawer. */
const MAX_NAME = 300;

export function nameText({ name }: Pick<FunctionInfo, 'name'>): string {
  return middle(printable(name), MAX_NAME);
}

export function placeText({ file, line }: FunctionInfo, fulldirs: boolean): string {
  if (file === '') return '';
  const path = printable(fulldirs ? file : shortFile(file));
  return middle(line > 0 ? `${path}:${line}` : path, MAX_NAME);
}

export function routeText(route: string): string {
  return middle(printable(route), MAX_NAME);
}

/** A line of source: tabs as they are read, everything else that cannot be seen written out. */
export function codeText(line: string): string {
  return printable(line.replaceAll('\t', '    '));
}

/** Cuts out the middle: beginnings and ends tell names apart. */
export function middle(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length < 3) return text.slice(0, Math.max(length, 0));
  const head = Math.ceil((length - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`;
}

export function percentText(part: number, all: number): string {
  return all > 0 ? `${((100 * part) / all).toFixed(1)} %` : '–';
}

/** `1,234.5`: at most one decimal. Not by Intl, whose first use costs a page 20 ms before it has drawn anything. */
export function countText(count: number): string {
  const [whole = '', ...decimals] = String(Math.round(count * 10) / 10).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...decimals].join('.');
}

/** `capture of calls, 10 s at 14:03:05`. */
export function captureText({ id, kind, seconds, startedAt }: CaptureSummary): string {
  if (id === LIVE_MEMORY) return `memory in use, sampled since ${timeText(startedAt)}`;
  return `capture of ${kind === 'heap' ? 'the heap' : kind}, ${seconds} s at ${timeText(startedAt)}`;
}

/** @param at milliseconds since the epoch. */
export function timeText(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** A duration given in milliseconds: `12.3 ms`. */
export function msText(ms: number): string {
  if (ms === 0) return '0';
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 10_000 ? 0 : 2)} s`;
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`;
}
