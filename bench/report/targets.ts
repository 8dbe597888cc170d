/** What the agent promises (docs/architecture.md) and whether these measurements keep it. Pure. */

import type { StartupResult } from '../startup.ts';
import type { Estimate } from '../statistics/bootstrap.ts';
import { SUBJECT, VARIANTS } from '../variants.ts';
import { formatEstimate, formatMs, formatRatio, formatSignedMb, formatSignedMs } from './format.ts';
import type { VariantSummary } from './summary.ts';

const CPU_RATIO = 1.03;
const CPU_RATIO_GOAL = 1.02;
const P99_RATIO = 1.05;
const RSS_ADDED_MB = 40;
const START_ADDED_MS = 15;
const ROTATION_P99_MS = 2;

export interface Verdict {
  readonly target: string;
  readonly limit: string;
  readonly measured: string;
  readonly pass: boolean;
}

/** Judged by the median; the interval beside it says how sure that is. What was not measured has no verdict. */
export function judge(summaries: readonly VariantSummary[], startup: readonly StartupResult[]): Verdict[] {
  const ours = summaries.filter((summary) => summary.variant === SUBJECT);
  return [
    ...ours.flatMap((summary) => judgeServer(summary, summaries)),
    ...startup.map((result) =>
      verdict(
        `dormant start, Node.js ${result.nodeVersion}, ${result.way}`,
        result.addedMs,
        START_ADDED_MS,
        formatSignedMs,
      ),
    ),
  ];
}

function judgeServer(ours: VariantSummary, all: readonly VariantSummary[]): Verdict[] {
  const verdicts: Verdict[] = [];
  const { server, cpu, p99, rss, rotation } = ours;
  if (cpu.relative !== null) {
    const limit = verdict(`CPU per request, ${server}`, cpu.relative, CPU_RATIO, formatRatio);
    verdicts.push({ ...limit, limit: `${limit.limit} (goal ${CPU_RATIO_GOAL.toFixed(2)})` });
  }
  if (p99.relative !== null) verdicts.push(verdict(`p99 latency, ${server}`, p99.relative, P99_RATIO, formatRatio));
  if (rss.relative !== null)
    verdicts.push(verdict(`memory (RSS), ${server}`, rss.relative, RSS_ADDED_MB, formatSignedMb));
  if (rotation !== null) {
    verdicts.push({
      target: `rotation p99, ${server}`,
      limit: `<= ${formatMs(ROTATION_P99_MS)}`,
      measured: `${formatMs(rotation.p99Ms)} of ${rotation.count}`,
      pass: rotation.p99Ms <= ROTATION_P99_MS,
    });
  }
  return [...verdicts, ...compareWithPeers(ours, all)];
}

function compareWithPeers(ours: VariantSummary, all: readonly VariantSummary[]): Verdict[] {
  const peers = all.filter((other) => other.server === ours.server && isAttributingPeer(other.variant));
  const ratios = peers.flatMap((peer) => peer.cpu.relative?.median ?? []);
  if (ratios.length === 0 || ours.cpu.relative === null) return [];
  const best = Math.min(...ratios);
  return [
    {
      target: `cheaper than every peer that attributes requests, ${ours.server}`,
      limit: `< ${formatRatio(best)}`,
      measured: formatRatio(ours.cpu.relative.median),
      pass: ours.cpu.relative.median < best,
    },
  ];
}

function isAttributingPeer(name: string): boolean {
  const variant = VARIANTS.find((known) => known.name === name);
  return variant?.attributesRequests === true && !variant.hasStatus;
}

function verdict(target: string, estimate: Estimate, limit: number, format: (value: number) => string): Verdict {
  return {
    target,
    limit: `<= ${format(limit)}`,
    measured: formatEstimate(estimate, format),
    pass: estimate.median <= limit,
  };
}
