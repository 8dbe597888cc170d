/** A summary to paste into an issue or to give to an assistant: what was measured, where the time goes, with units. */

import { functionLabel, shortFile } from '../profile/display-name.ts';
import { formatDuration } from '../profile/duration.ts';
import { HEAP_TITLES } from '../profile/heap-profile.ts';
import { printable } from '../profile/printable.ts';
import type { FunctionInfo, Metric, Profile } from '../profile/profile.ts';
import { type StatsRow, statsRows } from '../profile/stats.ts';
import { sortRows } from '../profile/stats-order.ts';
import { inclusiveTotals, metricColumn, sumColumn } from '../profile/totals.ts';
import { MEMORY, TIME, type Unit } from '../profile/units.ts';
import type { Exporter } from './contract.ts';
import { profileTitle } from './title.ts';

export const markdownExporter: Exporter = {
  format: 'markdown',
  description: 'a summary for an issue or an assistant, one metric',
  contentType: 'text/markdown; charset=utf-8',
  extension: '.md',
  encode: (profile, { metric, limit }) => {
    const title = `${METRIC_TITLES[metric]} of ${code(profileTitle(profile))}`;
    return Buffer.from(render(profile, { metric, limit, title, facts: facts(profile), unit: TIME }), 'utf8');
  },
  encodeMemory: (profile, { figure, limit }) => {
    const { window, nodes } = profile;
    const title = `${HEAP_TITLES[figure]} of all routes`;
    const lines = [
      `- Sampled: ${timestamp(window.from)} to ${timestamp(window.to)}`,
      `- Estimated: ${MEMORY.format(sumColumn(nodes.self.cpuNs))} in ${Math.round(sumColumn(nodes.self.samples))} objects`,
    ];
    return Buffer.from(render(profile, { metric: 'cpu', limit, title, facts: lines, unit: MEMORY }), 'utf8');
  },
};

interface Summary {
  readonly title: string;
  readonly facts: readonly string[];
  /** The column that is shown. */
  readonly metric: Metric;
  readonly unit: Unit;
  readonly limit: number | undefined;
}

const DEFAULT_ROWS = 10;
const ROUTES_SHOWN = 20;
const MAX_PATH = 60;
/** The path ends where the next frame has less than this share of all time. */
const LEAST_SHARE = 0.01;

const METRIC_TITLES: Record<Metric, string> = { cpu: 'CPU time', wall: 'Wall time', wait: 'Waiting time' };

function render(profile: Profile, { title, facts: lines, metric, unit, limit = DEFAULT_ROWS }: Summary): string {
  const rows = statsRows(profile, metric).filter((row) => row.totalNs > 0);
  const totalNs = sumColumn(metricColumn(profile.nodes.self, metric));
  return [
    `# ${title}`,
    '',
    ...lines,
    '',
    `## Functions with the most ${unit.kind} of their own`,
    '',
    ...table(
      sortRows(rows, 'time').filter((row) => row.selfNs > 0),
      { limit, totalNs, unit },
    ),
    '',
    `## Functions with the most ${unit.kind} including what they call`,
    '',
    ...table(sortRows(rows, 'cumulative'), { limit, totalNs, unit }),
    '',
    '## Hottest path',
    '',
    '```text',
    ...hottestPath(profile, metric, unit),
    '```',
    '',
  ].join('\n');
}

function facts(profile: Profile): string[] {
  const { window, requests, intervalMs, nodes, routes } = profile;
  const times = (['cpu', 'wall', 'wait'] as const).map((metric) => ({
    metric,
    ns: sumColumn(metricColumn(nodes.self, metric)),
  }));
  const list = (divisor: number): string =>
    times.map(({ metric, ns }) => `${metric} ${formatDuration(ns / divisor)}`).join(', ');
  const shown = routes.slice(0, ROUTES_SHOWN).map(code);
  if (routes.length > shown.length) shown.push(`and ${routes.length - shown.length} more`);
  return [
    `- Recorded: ${timestamp(window.from)} to ${timestamp(window.to)}`,
    ...(routes.length > 1 ? [`- Routes: ${shown.join(', ')}`] : []),
    `- Requests: ${requests}`,
    `- Samples: ${Math.round(sumColumn(nodes.self.samples))}, one every ${intervalMs} ms`,
    `- Time: ${list(1)} (wall contains wait)`,
    ...(requests > 0 ? [`- Mean per request: ${list(requests)}`] : []),
  ];
}

interface TableStyle {
  readonly limit: number;
  readonly totalNs: number;
  readonly unit: Unit;
}

function table(rows: readonly StatsRow[], { limit, totalNs, unit }: TableStyle): string[] {
  return [
    '| self | total | share of self | share of total | function | where |',
    '| ---: | ---: | ---: | ---: | --- | --- |',
    ...rows.slice(0, limit).map(({ info, selfNs, totalNs: inclusiveNs }) => {
      const figures = [
        unit.format(selfNs),
        unit.format(inclusiveNs),
        percent(selfNs, totalNs),
        percent(inclusiveNs, totalNs),
      ];
      return `| ${figures.join(' | ')} | ${code(info.name)} | ${whereOf(info)} |`;
    }),
  ];
}

function whereOf({ file, line, category }: FunctionInfo): string {
  if (file === '') return category;
  return code(line > 0 ? `${shortFile(file)}:${line}` : shortFile(file));
}

/** From the root always on to the heaviest child. */
function hottestPath({ nodes, functions }: Profile, metric: Metric, unit: Unit): string[] {
  const totals = inclusiveTotals(nodes, metricColumn(nodes.self, metric));
  const heaviestChild = new Int32Array(totals.length).fill(-1);
  for (let node = 1; node < totals.length; node++) {
    const parent = nodes.parent[node] ?? 0;
    const best = totals[heaviestChild[parent] ?? -1] ?? 0;
    if ((totals[node] ?? 0) > best) heaviestChild[parent] = node;
  }
  const all = totals[0] ?? 0;
  const lines: string[] = [];
  for (let node = heaviestChild[0] ?? -1; node > 0 && lines.length < MAX_PATH; node = heaviestChild[node] ?? -1) {
    const ns = totals[node] ?? 0;
    if (ns < all * LEAST_SHARE) break;
    const info = functions[nodes.function[node] ?? -1];
    if (info === undefined) break;
    lines.push(`${percent(ns, all).padStart(6)}  ${unit.format(ns).padStart(7)}  ${printable(functionLabel(info))}`);
  }
  return lines;
}

function percent(part: number, all: number): string {
  return all > 0 ? `${((100 * part) / all).toFixed(1)}%` : '-';
}

function timestamp(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString();
}

/**
 * A code span that the text cannot leave (https://spec.commonmark.org/0.31.2/#code-spans): its fence is longer than any run of
 * backticks inside. Bars are written as code points, because before a bar in a table a backslash may or may not escape it.
 */
function code(text: string): string {
  const content = printable(text, '|') || '(anonymous)';
  const longest = (content.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${content}${fence}` : `${fence} ${content} ${fence}`;
}
