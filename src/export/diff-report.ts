/** What changed between two profiles, for people: a table for the terminal, Markdown for a pull request. */

import { type Change, type DiffRow, ENOUGH_STARTS, type ProfileDiff, type Verdict } from '../profile/diff.ts';
import { functionLabel } from '../profile/display-name.ts';
import { formatDuration } from '../profile/duration.ts';
import { printable } from '../profile/printable.ts';

export interface DiffReportOptions {
  readonly names: { readonly before: string; readonly after: string };
  /** Most rows of each list. */
  readonly limit: number;
  /** What the gate said; undefined where none was asked for. */
  readonly failure?: string | null;
}

const COLUMNS = ['change', 'before', 'after', 'with callees', 'p', 'function'] as const;
const METRIC_TITLES = { cpu: 'CPU time', wall: 'Wall time', wait: 'Waiting time' } as const;

export function diffText(diff: ProfileDiff, options: DiffReportOptions): string {
  const lists = (['slower', 'faster'] as const).flatMap((verdict) => {
    const rows = changedRows(diff, verdict);
    if (rows.length === 0) return ['', `no function is ${verdict}`];
    const cells = [[...COLUMNS], ...rows.slice(0, options.limit).map((row) => cellsOf(row, diff))];
    const widths = COLUMNS.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
    const lines = cells.map((line) =>
      line.map((cell, at) => (at === COLUMNS.length - 1 ? cell : cell.padStart(widths[at] ?? 0))).join('  '),
    );
    return ['', `${verdict}:`, ...lines.map((line) => `  ${line}`), ...more(rows, options.limit)];
  });
  return `${[...summary(diff, options), ...lists, '', ...gateLines(options)].join('\n').trimEnd()}\n`;
}

export function diffMarkdown(diff: ProfileDiff, options: DiffReportOptions): string {
  const [title = '', ...facts] = summary(diff, options);
  const lists = (['slower', 'faster'] as const).flatMap((verdict) => {
    const rows = changedRows(diff, verdict);
    if (rows.length === 0) return ['', `No function is ${verdict}.`];
    return [
      '',
      `### ${verdict === 'slower' ? 'Slower' : 'Faster'}`,
      '',
      `| ${COLUMNS.join(' | ')} |`,
      `| ${COLUMNS.map((_, at) => (at === COLUMNS.length - 1 ? '---' : '---:')).join(' | ')} |`,
      ...rows.slice(0, options.limit).map((row) => `| ${cellsOf(row, diff).map(markdownCell).join(' | ')} |`),
      ...more(rows, options.limit),
    ];
  });
  return `${[`## ${title}`, '', ...facts.map((fact) => `- ${markdownCell(fact.trim())}`), ...lists, '', ...gateLines(options)].join('\n').trimEnd()}\n`;
}

function summary(diff: ProfileDiff, { names }: DiffReportOptions): string[] {
  const { unit, requests, slices, starts, all, shift, rows, leastChange } = diff;
  const per = unit === 'request' ? 'per request' : 'as a share of all, for not both sides know their requests';
  const several = (count: number, what: string): string => (count > 1 ? `, ${count} ${what}` : '');
  const sideText = (side: 'before' | 'after'): string =>
    `${side}: ${printable(names[side])}, ${requests[side]} requests${several(slices[side], 'slices')}${several(starts[side], 'starts')}`;
  const known = slices.before > 1 || slices.after > 1;
  return [
    `${METRIC_TITLES[diff.metric]} ${per}`,
    `  ${sideText('before')}`,
    `  ${sideText('after')}`,
    ...(unit === 'request'
      ? [
          `  all functions: ${figure(all.before, diff)} -> ${figure(all.after, diff)}, ${changeText(all)}, ${all.verdict}`,
        ]
      : []),
    ...(shift === null || Math.abs(shift) < leastChange / 2
      ? []
      : [
          `  the functions that did not change on their own: ${percent(shift)} together (another machine speed, or a change of everything)`,
        ]),
    `  ${rows.length} functions; changes from ${percent(leastChange).replace('+', '')} on that are more than chance`,
    ...(known ? [] : ['  no slices of time: how much the figures vary by themselves is assumed, not measured']),
    ...(starts.spread !== 'assumed'
      ? []
      : [
          `  fewer than ${ENOUGH_STARTS} starts of a side: V8 may compile a function in another way at each start, which no change of the program causes`,
        ]),
  ];
}

function changedRows({ rows }: ProfileDiff, verdict: Verdict): DiffRow[] {
  return rows.filter((row) => row.verdict === verdict);
}

function cellsOf({ info, self, total, verdict }: DiffRow, diff: ProfileDiff): string[] {
  const shown = self.verdict === verdict ? self : total;
  return [
    self.verdict === verdict ? changeText(self) : '',
    figure(self.before, diff),
    figure(self.after, diff),
    changeText(total),
    shown.p < 0.0001 ? '<0.0001' : shown.p.toFixed(4),
    printable(functionLabel(info)),
  ];
}

function figure(value: number, { unit }: ProfileDiff): string {
  return unit === 'request' ? formatDuration(value) : `${(value * 100).toFixed(2)}%`;
}

/** `+12.3%`, `new`, `gone`. */
function changeText({ before, after, delta }: Change): string {
  if (before === 0) return after === 0 ? '0%' : 'new';
  return after === 0 ? 'gone' : percent(delta / before);
}

function percent(share: number): string {
  return `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)}%`;
}

function more(rows: readonly DiffRow[], limit: number): string[] {
  return rows.length > limit ? ['', `and ${rows.length - limit} more`] : [];
}

function gateLines({ failure }: DiffReportOptions): string[] {
  if (failure === undefined) return [];
  return [failure === null ? 'gate: passed' : `gate: FAILED, ${failure}`];
}

/** Nothing in a cell ends it, or begins markup. */
function markdownCell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#|!~]/g, '\\$&');
}
