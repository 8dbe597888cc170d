/** The HTTP API's shapes (docs/api.md). The only file of src that the UI imports. */

import type { Profile } from '../profile/profile.ts';

export type { Profile };

/** A request below the UI's path, as the host's thread hands it to the collector. */
export interface ApiRequest {
  readonly method: string;
  /** Below the UI's path, without query, no leading slash: '' is the UI itself. */
  readonly path: string;
  /** Without '?'. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Body of a POST, at most MAX_BODY_BYTES. */
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Bodies of POST requests are small JSON objects; longer ones are refused with 413. */
export const MAX_BODY_BYTES = 4096;

export interface ApiError {
  /** `PROFILER_E_…` */
  readonly code: string;
  readonly error: string;
}

export interface DurationFigures {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One row of `api/v1/routes`. Times are sums over the route's requests in milliseconds. */
export interface RouteFigures {
  readonly route: string;
  readonly requests: number;
  /** Answers of status 500 and above, and requests the client gave up. */
  readonly errors: number;
  readonly durationMs: DurationFigures;
  readonly samples: number;
  readonly cpuMs: number;
  /** Time on the JavaScript thread. */
  readonly wallMs: number;
  readonly waitMs: number;
  /** Sum of durations less CPU and waits: event-loop delay and what is not instrumented. */
  readonly otherMs: number;
}

export interface RoutesAnswer {
  readonly routes: readonly RouteFigures[];
}

export interface Quantiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface StatusAnswer {
  readonly version: string;
  readonly node: string;
  readonly run: { readonly id: string; readonly startedAt: number };
  readonly processes: readonly { readonly pid: number; readonly title: string; readonly rssBytes: number }[];
  readonly sampling: {
    readonly recording: boolean;
    readonly intervalMs: number;
    /** How samples find their request: V8's own context frames, async hooks, or not at all. */
    readonly tracking: 'async-context-frame' | 'async-hooks' | 'none';
    readonly samples: number;
    readonly idleSamples: number;
    /** Samples that are in no profile, by reason; nothing is dropped without being counted here. */
    readonly discarded: Readonly<Record<'warmup' | 'ignored' | 'profiler' | 'unresolved' | 'unmatched', number>>;
    readonly samplerRestarts: number;
  };
  readonly requests: { readonly ended: number; readonly open: number; readonly dropped: number };
  readonly routes: number;
  readonly functions: number;
  readonly overhead: {
    /** Time that rotations held the host's thread. */
    readonly rotationMs: Quantiles;
    /** Rotations and samples in the profiler's own code, as a share of the time since the start. */
    readonly mainThreadShare: number;
    readonly collectorHeapBytes: number;
    readonly slots: number;
    readonly retiredSlots: number;
  };
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

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
}

/** A profile as JSON: the columns are plain arrays. */
export type ProfileAnswer = Profile;
