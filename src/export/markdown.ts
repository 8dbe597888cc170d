/** A summary to paste into an issue or to give to an assistant: what was measured, where the time goes, with units. */

import { functionLabel, shortFile } from '../profile/display-name.ts';
import { formatDuration } from '../profile/duration.ts';
import { printable } from '../profile/printable.ts';
import type { FunctionInfo, Metric, Profile } from '../profile/profile.ts';
import { type StatsRow, statsRows } from '../profile/stats.ts';
import { sortRows } from '../profile/stats-order.ts';
import { inclusiveTotals, metricColumn, sumColumn } from '../profile/totals.ts';
import type { Exporter, ExportOptions } from './contract.ts';
import { profileTitle } from './title.ts';

export const markdownExporter: Exporter = {
  format: 'markdown',
  description: 'a summary for an issue or an assistant, one metric',
  contentType: 'text/markdown; charset=utf-8',
  extension: '.md',
  encode: (profile, options) => Buffer.from(render(profile, options), 'utf8'),
};

const DEFAULT_ROWS = 10;
const ROUTES_SHOWN = 20;
const MAX_PATH = 60;
/** The path ends where the next frame has less than this share of all time. */
const LEAST_SHARE = 0.01;

const METRIC_TITLES: Record<Metric, string> = { cpu: 'CPU time', wall: 'Wall time', wait: 'Waiting time' };

function render(profile: Profile, { metric, limit = DEFAULT_ROWS }: ExportOptions): string {
  const rows = statsRows(profile, metric).filter((row) => row.totalNs > 0);
  const totalNs = sumColumn(metricColumn(profile.nodes.self, metric));
  return [
    `# ${METRIC_TITLES[metric]} of ${code(profileTitle(profile))}`,
    '',
    ...facts(profile),
    '',
    '## Functions with the most time of their own',
    '',
    ...table(
      sortRows(rows, 'time').filter((row) => row.selfNs > 0),
      limit,
      totalNs,
    ),
    '',
    '## Functions with the most time including what they call',
    '',
    ...table(sortRows(rows, 'cumulative'), limit, totalNs),
    '',
    '## Hottest path',
    '',
    '```text',
    ...hottestPath(profile, metric),
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

function table(rows: readonly StatsRow[], limit: number, totalNs: number): string[] {
  return [
    '| self | total | share of self | share of total | function | where |',
    '| ---: | ---: | ---: | ---: | --- | --- |',
    ...rows.slice(0, limit).map(({ info, selfNs, totalNs: inclusiveNs }) => {
      const figures = [
        formatDuration(selfNs),
        formatDuration(inclusiveNs),
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
function hottestPath({ nodes, functions }: Profile, metric: Metric): string[] {
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
    lines.push(`${percent(ns, all).padStart(6)}  ${formatDuration(ns).padStart(7)}  ${printable(functionLabel(info))}`);
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
