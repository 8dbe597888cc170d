/** The library: reading, merging and writing profiles. It has no part in profiling; `profiler/register` does that. */

export type { Exporter, ExportOptions } from './export/contract.ts';
export { exporters, findExporter } from './export/index.ts';
export { type PstatsParams, renderPstats, STATS_MODES } from './export/pstats-text.ts';
export { readPprof } from './export/read-pprof.ts';
export type { CallTreeLimits } from './profile/call-tree-builder.ts';
export { mergeProfiles } from './profile/merge.ts';
export {
  type Category,
  type Column,
  type FunctionInfo,
  METRICS,
  type Metric,
  type NodeColumns,
  type Profile,
  type SelfColumns,
} from './profile/profile.ts';
export { type StatsRow, statsRows } from './profile/stats.ts';
export { STATS_SORTS, type StatsSort } from './profile/stats-order.ts';
export { VERSION } from './version.ts';
