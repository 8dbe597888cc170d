/** A function's figures as Markdown, for an issue or an assistant. */

import type { CallEdge } from '../../src/profile/call-edges.ts';
import type { Metric, Profile } from '../../src/profile/profile.ts';
import type { StatsRow } from '../../src/profile/stats.ts';
import type { Unit } from '../../src/profile/units.ts';
import { nameText, percentText, placeText } from './text.ts';

const METRIC_NAMES: Record<Metric, string> = { cpu: 'CPU time', wall: 'wall time', wait: 'waiting time' };

export interface FunctionSummary {
  readonly profile: Profile;
  readonly metric: Metric;
  readonly unit: Unit;
  readonly row: StatsRow;
  readonly totalNs: number;
  readonly callers: readonly CallEdge[];
  readonly callees: readonly CallEdge[];
}

export function functionMarkdown({ profile, metric, unit, row, totalNs, callers, callees }: FunctionSummary): string {
  const list = (title: string, edges: readonly CallEdge[]): string[] => [
    '',
    `${title}:`,
    ...edges.map((edge) => {
      const info = profile.functions[edge.function];
      return `- ${info ? code(`${nameText(info)} ${placeText(info, false)}`) : ''} ${unit.format(edge.totalNs)}`;
    }),
  ];
  return [
    `### ${code(nameText(row.info))}`,
    '',
    `${code(placeText(row.info, true) || row.info.category)}, ${unit.kind === 'memory' ? 'memory' : `${METRIC_NAMES[metric]} over ${profile.requests} requests`}`,
    '',
    `- self: ${unit.format(row.selfNs)} (${percentText(row.selfNs, totalNs)})`,
    `- total: ${unit.format(row.totalNs)} (${percentText(row.totalNs, totalNs)})`,
    ...(profile.requests > 0 ? [`- total per request: ${unit.format(row.totalNs / profile.requests)}`] : []),
    ...(callers.length > 0 ? list('Callers', callers) : []),
    ...(callees.length > 0 ? list('Callees', callees) : []),
    '',
  ].join('\n');
}

/** A code span that the text cannot leave: no backtick is left in it. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").trim()}\``;
}
