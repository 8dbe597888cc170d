/** What an export format is. A new format is one file with one `Exporter` and one line in index.ts. */

import type { HeapFigure } from '../profile/heap-profile.ts';
import type { Metric, Profile } from '../profile/profile.ts';

export interface ExportOptions {
  /** For formats that carry one value per stack; formats that carry several ignore it. */
  readonly metric: Metric;
  /** Rows of the text formats. */
  readonly limit?: number;
  /** For formats that can say it: how many requests each route of a recorded tree had. */
  readonly requestsByRoute?: ReadonlyMap<string, number>;
}

export interface MemoryOptions {
  readonly figure: HeapFigure;
  /** Rows of the text formats. */
  readonly limit?: number;
}

export interface Exporter {
  /** The value of `format=`. */
  readonly format: string;
  /** One line for --help and the UI. */
  readonly description: string;
  readonly contentType: string;
  /** With the leading dot: `.pb.gz`. */
  readonly extension: string;
  /** Whether it tells routes apart: it is then given a recorded tree, with its routes on the first level (profile/by-route.ts). Others are given one without. */
  readonly keepsRoutes?: boolean;
  /** @returns the file's bytes. Pure: the same profile gives the same bytes. */
  encode(profile: Profile, options: ExportOptions): Uint8Array;
  /** The same of a profile of the heap (profile/heap-profile.ts), bytes where time is. Missing in formats for time only. */
  encodeMemory?(profile: Profile, options: MemoryOptions): Uint8Array;
}
