/** Lays the results out: one table per server, one for the dormant start, one for the targets. Pure. */

import type { ServerResult } from '../measure/rounds.ts';
import type { StartupResult } from '../startup.ts';
import { median } from '../statistics/quantile.ts';
import { BASELINE, VARIANTS } from '../variants.ts';
import {
  formatCount,
  formatEstimate,
  formatMb,
  formatMicros,
  formatMs,
  formatRatio,
  formatSignedMb,
  formatSignedMs,
} from './format.ts';
import type { Compared, VariantSummary } from './summary.ts';
import type { Table } from './table.ts';
import type { Verdict } from './targets.ts';

/** Cores that others may use before the figures say more about them than about the agent. */
const DISTURBED_CORES = 0.1;

export function serverTable(result: ServerResult, summaries: readonly VariantSummary[]): Table {
  const { server, workload, slices, failures } = result;
  const foreign = slices.length === 0 ? [0] : slices.map((slice) => slice.foreignCores);
  return {
    title: `${server.name}: ${server.description}`,
    columns: ['variant', 'requests told apart', 'CPU/request', 'ratio [95% CI]', 'p99', 'ratio [95% CI]', 'RSS']
      .concat(['added [95% CI]', 'requests/s', 'ratio [95% CI]'])
      .concat('rotations: mean, p99, max'),
    rows: summaries.map((summary) => [
      summary.variant,
      attribution(summary.variant),
      formatMicros(summary.cpu.absolute),
      relative(summary.cpu, formatRatio),
      formatMicros(summary.p99.absolute),
      relative(summary.p99, formatRatio),
      formatMb(summary.rss.absolute),
      relative(summary.rss, formatSignedMb),
      formatCount(summary.throughput.absolute),
      relative(summary.throughput, formatRatio),
      rotations(summary),
    ]),
    remarks: [
      `CPU, requests/s: ${workload.closedLoopRequests} requests per slice at saturation; p99: ` +
        `${workload.openLoopRequests} requests at ${workload.openLoopRatePerSecond}/s (30 % of the bare server's capacity).`,
      `The ${BASELINE} row compares its second slice of each round with its first: the noise of this machine. ` +
        `Other processes used ${median(foreign).toFixed(2)} cores, in the worst slice ${Math.max(...foreign).toFixed(2)}.`,
      ...(median(foreign) > DISTURBED_CORES ? ['DISTURBED by other processes: do not quote these figures.'] : []),
      ...summaries.flatMap((summary) => summary.notes.map((note) => `${summary.variant}: ${note}.`)),
      ...failures.map((failure) => `Not measured: ${failure}`),
    ],
  };
}

export function startupTable(results: readonly StartupResult[]): Table {
  return {
    title: 'Dormant start: a script that never listens',
    columns: ['node', 'script', 'bare', 'with the agent', 'added [95% CI]'],
    rows: results.map((result) => [
      result.nodeVersion,
      result.way,
      formatMs(result.bareMs),
      formatMs(result.agentMs),
      formatEstimate(result.addedMs, formatSignedMs),
    ]),
    remarks: [],
  };
}

export function targetTable(verdicts: readonly Verdict[]): Table {
  return {
    title: 'Targets',
    columns: ['target', 'limit', 'measured', 'verdict'],
    rows: verdicts.map((verdict) => [verdict.target, verdict.limit, verdict.measured, verdict.pass ? 'PASS' : 'FAIL']),
    remarks: [],
  };
}

function relative(compared: Compared, format: (value: number) => string): string {
  return compared.relative === null ? '-' : formatEstimate(compared.relative, format);
}

function attribution(name: string): string {
  if (name === BASELINE) return '-';
  return VARIANTS.find((variant) => variant.name === name)?.attributesRequests ? 'yes' : 'no';
}

function rotations({ rotation }: VariantSummary): string {
  if (rotation === null) return '-';
  return `${rotation.count}: ${formatMs(rotation.meanMs)}, ${formatMs(rotation.p99Ms)}, ${formatMs(rotation.maxMs)}`;
}
