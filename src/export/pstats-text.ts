/**
 * The text table of Python's pstats and repoze.profile
 * (https://github.com/python/cpython/blob/main/Lib/pstats.py): stats, callers or callees. What nobody counted is not made up: without
 * exact calls the first column is `samples`, and percall is the mean per request.
 */

import { NOT_TRACED_FUNCTION, OTHER_FUNCTION, restInTree, sumRest } from '../profile/by-route.ts';
import { type CallEdges, callees, callers } from '../profile/call-edges.ts';
import { formatSamples, formatSeconds, formatSecondsPer } from '../profile/display-figures.ts';
import { formatDuration } from '../profile/duration.ts';
import { HEAP_TITLES, type HeapFigure } from '../profile/heap-profile.ts';
import { printable } from '../profile/printable.ts';
import type { FunctionInfo, Metric, Profile } from '../profile/profile.ts';
import { standardName } from '../profile/standard-name.ts';
import { filterRows, type StatsRow, statsRows } from '../profile/stats.ts';
import { SORT_TITLES, STATS_SORTS, type StatsSort, sortRows } from '../profile/stats-order.ts';
import { metricColumn, sumColumn } from '../profile/totals.ts';
import { MEMORY, TIME, type Unit } from '../profile/units.ts';
import type { Exporter } from './contract.ts';

export { STATS_SORTS };

export const STATS_MODES = ['stats', 'callers', 'callees'] as const;

export interface PstatsParams {
  readonly sort: StatsSort;
  readonly mode: (typeof STATS_MODES)[number];
  /** Whether files are shown with their folders. */
  readonly fulldirs: boolean;
  readonly metric: Metric;
  /** What is shown of a profile of the heap, whose bytes stand where CPU time does. */
  readonly memory?: HeapFigure;
  /** Most rows; without it, all. */
  readonly limit?: number;
  /** Only functions of files whose path contains this. */
  readonly filename?: string;
}

export const pstatsTextExporter: Exporter = {
  format: 'text',
  description: "a table like Python's pstats, one metric",
  contentType: 'text/plain; charset=utf-8',
  extension: '.txt',
  encode: (profile, { metric, limit }) => {
    const params: PstatsParams = { sort: 'time', mode: 'stats', fulldirs: false, metric };
    return Buffer.from(renderPstats(profile, limit === undefined ? params : { ...params, limit }), 'utf8');
  },
  encodeMemory: (profile, { figure, limit }) => {
    const params: PstatsParams = { sort: 'time', mode: 'stats', fulldirs: false, metric: 'cpu', memory: figure };
    return Buffer.from(renderPstats(profile, limit === undefined ? params : { ...params, limit }), 'utf8');
  },
};

const ROUTES_SHOWN = 10;
/** Longer names stand out of their column rather than widen it for all. */
const MAX_NAME_WIDTH = 100;

export function renderPstats(profile: Profile, params: PstatsParams): string {
  const all = sortRows(statsRows(profile, params.metric), params.sort, params.fulldirs);
  const filtered = params.filename ? filterRows(all, params.filename) : all;
  const rows = filtered.slice(0, params.limit);
  const unit = params.memory ? MEMORY : TIME;
  const lines = params.memory ? memoryHeading(profile, params.memory) : heading(profile, params.metric);
  lines.push('', `   Ordered by: ${orderTitle(profile, params.sort, unit)}`);
  if (filtered.length < all.length)
    lines.push(reduction(all.length, filtered.length, `'${printable(params.filename ?? '')}'`));
  if (rows.length < filtered.length) lines.push(reduction(filtered.length, rows.length, String(params.limit)));
  lines.push('');
  const nameOf = (info: FunctionInfo): string => standardName(info, params.fulldirs);
  switch (params.mode) {
    case 'stats':
      lines.push(...(params.memory ? memoryTable(rows, nameOf) : statsTable(profile, rows, nameOf)));
      break;
    case 'callers':
      lines.push(
        ...edgeTable(profile, rows, callers(profile, params.metric), {
          title: 'was called by...',
          arrow: '<-',
          nameOf,
          unit,
        }),
      );
      break;
    case 'callees':
      lines.push(
        ...edgeTable(profile, rows, callees(profile, params.metric), { title: 'called...', arrow: '->', nameOf, unit }),
      );
      break;
  }
  return `${lines.join('\n')}\n`;
}

function heading(profile: Profile, metric: Metric): string[] {
  const { routes, requests, intervalMs, window, nodes } = profile;
  const shown = routes.slice(0, ROUTES_SHOWN).map((route) => printable(route));
  if (routes.length > shown.length) shown.push(`and ${routes.length - shown.length} more`);
  const samples = formatSamples(sumColumn(nodes.self.samples));
  const recordedNs = Math.max(window.to - window.from, 0) * 1e6;
  const time = (of: Metric): string => `${of} ${formatDuration(sumColumn(metricColumn(nodes.self, of)))}`;
  return [
    shown.length === 0 ? '(no routes)' : shown.join(', '),
    '',
    `   ${requests} requests, ${samples} samples every ${intervalMs} ms in ${formatDuration(recordedNs)}`,
    `   ${time('cpu')}, ${time('wall')}, of which ${time('wait')}${restOfWaits(profile)}; shown: ${metric}`,
    `   percall: mean per ${areCallsCounted(profile) ? 'call' : 'request (calls were not counted)'}`,
  ];
}

/** What of the waits is none that is known. */
function restOfWaits(profile: Profile): string {
  const { otherNs, notTracedNs } = sumRest(restInTree(profile).values());
  const parts = [
    { name: OTHER_FUNCTION.name, ns: otherNs },
    { name: NOT_TRACED_FUNCTION.name, ns: notTracedNs },
  ].filter(({ ns }) => ns > 0);
  if (parts.length === 0) return '';
  return ` with ${parts.map(({ name, ns }) => `${name} ${formatDuration(ns)}`).join(' and ')}`;
}

function memoryHeading({ nodes, window }: Profile, figure: HeapFigure): string[] {
  const [objects, bytes] = [sumColumn(nodes.self.samples), sumColumn(nodes.self.cpuNs)];
  const sampledNs = Math.max(window.to - window.from, 0) * 1e6;
  return [
    HEAP_TITLES[figure],
    '',
    `   ${MEMORY.format(bytes)} in ${formatSamples(objects)} objects, estimated by sampling for ${formatDuration(sampledNs)}, over all routes`,
  ];
}

function orderTitle(profile: Profile, sort: StatsSort, unit: Unit): string {
  const isByCalls = sort === 'calls' || sort === 'pcalls';
  if (isByCalls && !areCallsCounted(profile)) return unit.countName;
  return unit.kind === 'memory' ? SORT_TITLES[sort].replace(' time', ' memory') : SORT_TITLES[sort];
}

function reduction(from: number, to: number, restriction: string): string {
  return `   List reduced from ${from} to ${to} due to restriction <${restriction}>`;
}

function statsTable(profile: Profile, rows: readonly StatsRow[], nameOf: (info: FunctionInfo) => string): string[] {
  const counted = areCallsCounted(profile);
  const lines = [
    `${(counted ? 'ncalls' : 'samples').padStart(9)}  tottime  percall  cumtime  percall filename:lineno(function)`,
  ];
  for (const { info, calls, totalSamples, selfNs, totalNs } of rows) {
    const count = counted ? (calls === undefined ? '-' : String(calls)) : formatSamples(totalSamples);
    const per = counted ? (calls ?? 0) : profile.requests;
    lines.push(
      `${count.padStart(9)} ${seconds(selfNs)} ${secondsPer(selfNs, per)} ${seconds(totalNs)} ${secondsPer(totalNs, per)} ${nameOf(info)}`,
    );
  }
  return lines;
}

function memoryTable(rows: readonly StatsRow[], nameOf: (info: FunctionInfo) => string): string[] {
  return [
    '  objects      self     total filename:lineno(function)',
    ...rows.map(({ info, totalSamples, selfNs, totalNs }) => {
      const figures = [formatSamples(totalSamples), MEMORY.cell(selfNs), MEMORY.cell(totalNs)];
      return `${figures.map((text) => text.padStart(9)).join(' ')} ${nameOf(info)}`;
    }),
  ];
}

interface EdgeTableStyle {
  readonly title: string;
  readonly arrow: string;
  readonly nameOf: (info: FunctionInfo) => string;
  readonly unit: Unit;
}

/** Calls are counted per function, never per pair: here the first column is always samples. */
function edgeTable(
  profile: Profile,
  rows: readonly StatsRow[],
  edges: CallEdges,
  { title, arrow, nameOf, unit }: EdgeTableStyle,
): string[] {
  const widest = rows.reduce((width, { info }) => Math.max(width, nameOf(info).length), 'Function'.length);
  const width = Math.min(widest, MAX_NAME_WIDTH) + 2;
  const heads = unit.kind === 'memory' ? '   objects     self    total' : '   samples  tottime  cumtime';
  const cell = (figure: number): string => unit.cell(figure).padStart(8);
  const lines = ['Function'.padEnd(width) + title, `${' '.repeat(width)}${heads}`];
  for (const { info, function: index } of rows) {
    const list = (edges[index] ?? []).map((edge) => {
      const other = profile.functions[edge.function];
      return `${formatSamples(edge.samples).padStart(7)} ${cell(edge.selfNs)} ${cell(edge.totalNs)}  ${other === undefined ? '' : nameOf(other)}`;
    });
    const [first = '', ...rest] = list;
    lines.push(`${nameOf(info).padEnd(width)}${arrow} ${first}`.trimEnd());
    for (const line of rest) lines.push(`${' '.repeat(width + arrow.length + 1)}${line}`);
  }
  return lines;
}

function areCallsCounted({ functions }: Profile): boolean {
  return functions.some(({ calls }) => calls !== undefined);
}

function seconds(ns: number): string {
  return formatSeconds(ns).padStart(8);
}

function secondsPer(ns: number, count: number): string {
  return formatSecondsPer(ns, count).padStart(8);
}
