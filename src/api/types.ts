/** The HTTP API's shapes (docs/api.md). The only file of src that the UI imports. */

import type { KeptRequest, RequestTimeline } from '../profile/kept-request.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import type { RunSummary } from '../store/contract.ts';

export type { Profile, RunSummary };

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

/** A header that actions need: no HTML form and no cross-origin request without consent can send it. */
export const ACTION_HEADER = 'x-profiler';

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
  /** `revision` is another one whenever there is something new to be seen of the run. */
  readonly run: { readonly id: string; readonly startedAt: number; readonly revision: string };
  /** The process that answers: what is not of the run is this one's. */
  readonly pid: number;
  /** Of the run: first the one that answers, then the others, those that have ended with their end. */
  readonly processes: readonly {
    readonly pid: number;
    readonly title: string;
    readonly rssBytes?: number;
    readonly endedAt?: number | null;
  }[];
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
  readonly waits: {
    /** The option `waits`. */
    readonly tracing: 'auto' | 'all' | 'off';
    /** Share of new requests that are traced. */
    readonly share: number;
    readonly tracedRequests: number;
    readonly operations: number;
    /** Operations without room; their time is in `(other)`. */
    readonly dropped: number;
    /** Time on the thread that tracing took. */
    readonly costMs: number;
    /** CPU time of functions resumed after an await: under its one caller, shared among several, or under `(async)` because none is known. */
    readonly stitchedMs: number;
    readonly ambiguousMs: number;
    readonly unknownMs: number;
  };
  readonly routes: number;
  readonly functions: number;
  /** Where runs are kept, null for memory. */
  readonly store: { readonly folder: string | null };
  readonly overhead: {
    /** Time that rotations held the host's thread. */
    readonly rotationMs: Quantiles;
    /** Rotations and samples in the profiler's own code, as a share of the time since the start. */
    readonly mainThreadShare: number;
    readonly collectorHeapBytes: number;
    readonly slots: number;
    readonly retiredSlots: number;
  };
  /** The capture that runs, null while none does. */
  readonly capture: CaptureSummary | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** `api/v1/runs`. */
export interface RunsAnswer {
  /** The newest first. */
  readonly runs: readonly RunSummary[];
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

/** `api/v1/requests?route=&sort=&limit=`: the slowest requests, of each route so many. */
export interface RequestsAnswer {
  /** Requests at least this long are kept. */
  readonly slowMs: number;
  readonly requests: readonly KeptRequest[];
}

/** `api/v1/requests/ID`. */
export type RequestAnswer = RequestTimeline;

/** What a capture records: exact calls of functions, samples of source lines, allocations. */
export const CAPTURE_KINDS = ['calls', 'lines', 'heap'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** `finishing`: its time is over, the result is being made. */
export type CaptureState = 'running' | 'finishing' | 'done' | 'cancelled' | 'failed';

/** One capture, without its result. */
export interface CaptureSummary {
  readonly id: string;
  readonly kind: CaptureKind;
  readonly state: CaptureState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it was asked to run. */
  readonly seconds: number;
  /** Share of that time which has passed, 0 to 1. */
  readonly progress: number;
  /** Why it was cancelled or failed. */
  readonly reason?: string;
}

/** A function and what a capture says of it. */
export type CapturedFunction<Figures> = FunctionInfo & Figures;

export interface CallsResult {
  /** The most called first. */
  readonly functions: readonly CapturedFunction<CallFigures>[];
  /** How many functions were left out of a huge result; 0 for all but those. */
  readonly truncated: number;
}

export interface CallFigures {
  /** Exact; missing for generators, of which V8 counts calls and resumptions together. */
  readonly calls?: number;
  /** How often the function's code was entered: calls, and resumptions after an `await` or a `yield`. */
  readonly entries: number;
}

export interface LinesResult {
  readonly intervalMs: number;
  /** Samples on the thread while it was busy. */
  readonly samples: number;
  /** The costliest first; `lines` likewise, and they sum to `samples`. Line 0 takes samples of unknown place. */
  readonly functions: readonly CapturedFunction<{
    readonly samples: number;
    readonly lines: readonly { readonly line: number; readonly samples: number }[];
  }>[];
  readonly truncated: number;
}

/** Estimates from samples: each stands for as many objects and bytes as were allocated between it and its neighbours. */
export interface HeapFigures {
  readonly inUseObjects: number;
  readonly inUseBytes: number;
  readonly allocatedObjects: number;
  readonly allocatedBytes: number;
}

export interface HeapResult {
  /** Of each half of the capture: `allocated` figures are of the first, `inUse` figures of the second, taken at its end. */
  readonly halfSeconds: number;
  /** Functions by what they allocated themselves: the most in use first. */
  readonly functions: readonly CapturedFunction<HeapFigures>[];
  /** The call tree of the allocations: columns as in a profile; `function` is an index into `functions`, -1 for the root. */
  readonly nodes: {
    readonly parent: readonly number[];
    readonly function: readonly number[];
    readonly self: Readonly<Record<keyof HeapFigures, readonly number[]>>;
  };
  readonly truncated: number;
}

export type CaptureResult = CallsResult | LinesResult | HeapResult;

export interface CapturesAnswer {
  /** The newest first. */
  readonly captures: readonly CaptureSummary[];
}

/** What `api/v1/captures/ID` answers: the result once there is one. */
export type CaptureAnswer =
  | (CaptureSummary & { readonly kind: 'calls'; readonly result?: CallsResult })
  | (CaptureSummary & { readonly kind: 'lines'; readonly result?: LinesResult })
  | (CaptureSummary & { readonly kind: 'heap'; readonly result?: HeapResult });
