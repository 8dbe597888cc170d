/** What the HTTP API says of one function: its routes, what captures have of it, its source (docs/api.md). */

import type { FunctionInfo } from '../profile/profile.ts';
import type { CallFigures, CaptureSummary } from './types.ts';

/** One route's part of `api/v1/function`, in nanoseconds of the metric. */
export interface FunctionRoute {
  readonly route: string;
  readonly selfNs: number;
  readonly totalNs: number;
  /** Samples that saw the function on the stack. */
  readonly samples: number;
  /** All of the route's. */
  readonly routeNs: number;
}

export interface FunctionAnswer {
  /** Those that reach the function, the heaviest first. */
  readonly routes: readonly FunctionRoute[];
  /** Of the newest finished capture of calls, where it has the function. */
  readonly calls?: CallFigures & { readonly capture: CaptureSummary };
  /** Of the newest finished capture of lines: the costliest first. Line 0 takes samples of unknown place. */
  readonly lines?: {
    readonly capture: CaptureSummary;
    readonly intervalMs: number;
    /** Of the function itself. */
    readonly samples: number;
    readonly lines: readonly LineSamples[];
  };
}

export interface LineSamples {
  readonly line: number;
  readonly samples: number;
}

/** `api/v1/source`: the file of a recorded function, or the part of it around the function. */
export interface SourceAnswer {
  readonly function: FunctionInfo;
  /** `map`: as the source map has it. */
  readonly origin: 'map' | 'disk';
  /** The file was written after the server had started: its lines may be others than those that ran. */
  readonly isChanged: boolean;
  /** Number of the first of `lines`, 1-based. */
  readonly firstLine: number;
  /** Very long ones are cut. */
  readonly lines: readonly string[];
  /** Of the whole file. */
  readonly lineCount: number;
  /** First and last line of the function. */
  readonly range: { readonly from: number; readonly to: number };
  /** The capture of lines that the figures are of; null where none has finished. */
  readonly capture:
    | (CaptureSummary & {
        readonly intervalMs: number;
        /** Of the whole capture. */
        readonly samples: number;
        /** Of the file, in order; line 0 takes those of unknown place. */
        readonly lines: readonly LineSamples[];
      })
    | null;
}
