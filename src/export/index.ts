/** The export formats. A new one is a file and a line here. */

import { callgrindExporter } from './callgrind.ts';
import { collapsedExporter } from './collapsed.ts';
import type { Exporter } from './contract.ts';
import { cpuprofileExporter } from './cpuprofile.ts';
import { markdownExporter } from './markdown.ts';
import { pprofExporter } from './pprof.ts';
import { pstatsTextExporter } from './pstats-text.ts';
import { speedscopeExporter } from './speedscope.ts';

export const exporters: readonly Exporter[] = [
  pprofExporter,
  cpuprofileExporter,
  speedscopeExporter,
  callgrindExporter,
  collapsedExporter,
  pstatsTextExporter,
  markdownExporter,
];

/** @returns null for a format that nobody knows */
export function findExporter(format: string): Exporter | null {
  return exporters.find((exporter) => exporter.format === format) ?? null;
}
